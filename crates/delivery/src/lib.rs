//! Reports that are sent by a schedule, and thresholds that alert: when one is due, and what to say of it.
//!
//! All of it is pure. A [`Schedule`] says when something is due, a [`Record`] what became of it and what is to be done
//! now; it is kept in the archive, so that every process that runs deliveries there knows the same. A [`Condition`]
//! says whether a value is to be told, and [`Told`] whether somebody knows already.

mod condition;
mod log;
mod record;
mod schedule;
mod told;

pub use condition::{Condition, ConditionError};
pub use log::{Entry, Outcome};
pub use record::{Attempt, Record, Turn};
pub use schedule::{Cron, CronError, Schedule};
pub use told::{Saying, Told};
