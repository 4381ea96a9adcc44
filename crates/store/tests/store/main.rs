//! The archive's promises, on a real SQLite file.

mod commit;
mod list;
mod open;
mod support;
