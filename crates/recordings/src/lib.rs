//! Recordings of calls, kept: fetched before upstream drops them, checked, and put in a folder or a bucket.
//!
//! Calls say which recordings there are; the archive knows what became of each ([`callbook_store::RecordingRow`]).
//! [`fetch_recordings`] brings those that are wanted, through a spool that survives being killed, in the order that
//! upstream drops them; [`forecast`] says when the first one will be lost.

mod adopt;
mod audit;
mod crash;
mod error;
mod expiry;
mod fetch;
mod hash;
mod keep;
mod order;
mod place;
mod put;
mod run;
mod sound;
mod spool;

pub use adopt::{Content, adopt};
pub use audit::{Audit, Fault, audit};
pub use error::Error;
pub use expiry::{Drops, Forecast, Keeping, Outlook, forecast};
pub use hash::Hash;
pub use order::{Advice, Next, Order, sort};
pub use place::Place;
pub use run::{Fetched, Fetching, delete_doomed, fetch_recordings};
pub use sound::{Differ, Format, Sound, inspect, join};
