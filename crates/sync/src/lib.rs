//! Keeps an archive equal to its upstream.
//!
//! [`Plan`] decides what to ask next; it is pure, and its state is committed with what each step led
//! to. [`sync`] carries the plan of one account out, [`sync_all`] that of many; [`verify`] lists upstream
//! once more and compares.

mod budgets;
mod decode;
mod directory;
mod error;
mod fleet;
mod gate;
mod id_set;
mod log;
mod plan;
mod repair;
mod run;
mod tally;
mod verify;

pub use budgets::ArchivedBudgets;
pub use directory::directory_plan;
pub use error::Error;
pub use fleet::{Connect, Turn, TurnError, due_at, follow_all, in_full, sync_all};
pub use gate::Gate;
pub use id_set::IdSet;
pub use plan::{
    Ask, Complete, DirectoryPlan, DirectoryTask, EXTRACT_COUNT, Endless, ListPage, Listed,
    ListedCall, Listing, Log, Outcome, PAUSE, Plan, SYNC_COUNT, Sealing, Step, Synced, UpstreamDay,
    Wanted,
};
pub use repair::{Repaired, repair};
pub use run::{Options, Progress, Summary, follow, sync};
pub use tally::Shortfall;
pub use verify::{DayReport, VerifyReport, verify};
