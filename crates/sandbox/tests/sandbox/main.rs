//! The sandbox over loopback HTTP, compared with the company that it serves.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod directory;
mod faults;
mod filters;
mod fleet;
mod hidden;
mod logs;
mod paging;
mod push;
mod recordings;
mod records;
mod server;
mod sessions;
mod sound_faults;
mod start;
mod sync;
mod users;
mod world;
