//! Keeps an archive equal to its upstream.
//!
//! [`Plan`] decides what to list next; it is pure, and its state is committed with each page it led
//! to. [`sync`] carries the plan out; [`verify`] lists upstream once more and compares.

mod error;
mod id_set;
mod plan;
mod run;
mod tally;
mod verify;

pub use error::Error;
pub use id_set::IdSet;
pub use plan::{Endless, Outcome, Plan, Step};
pub use run::{Options, Progress, Summary, sync};
pub use tally::Shortfall;
pub use verify::{DayReport, VerifyReport, verify};
