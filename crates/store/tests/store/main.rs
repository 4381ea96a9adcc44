//! The archive's promises, on a real SQLite file.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod commit;
mod list;
mod open;
mod support;
