//! Recordings: which are fetched when, fetched from a sandbox, and kept in places.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod fetching;
mod simulation;
