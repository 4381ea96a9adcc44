//! The archive as tables: what reports, SQL and the Analytics API ask.
//!
//! An account's calls are derived ([`callbook_interaction`]) into rows of a few tables, which are kept as Parquet files
//! that any tool can read. [`Lake::update`] brings the files up to date; [`Lake::tables`] adds what has changed since
//! from memory, so that an answer is as new as the archive. The files are nobody's only copy: they can be dropped and
//! built anew at any time. Who may not see all calls gets tables without the others' ([`Access`]).
//!
//! ```text
//! store ──changes──▶ staged rows ──commit──▶ segments (Parquet) + manifest
//!                        └──────────┬────────────┘
//!                                 tables ◀── SQL
//! ```

mod access;
mod context;
mod crash;
mod directory;
mod epoch;
mod error;
mod hours;
mod lake;
mod local;
mod manifest;
mod month;
mod narrow;
mod outdated;
mod parquet;
mod place;
mod question;
mod reading;
mod scan;
mod sealed;
mod segment;
mod shared;
mod spool;
mod staged;
mod staging;
mod table;
mod tables;

pub use access::{Access, Circle};
pub use context::Limits;
pub use error::Error;
pub use lake::{Extent, Lake, Snapshot};
pub use place::Place;
pub use question::Answer;
pub use tables::Tables;
