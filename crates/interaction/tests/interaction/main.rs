//! What is derived from the records of calls.

#![expect(clippy::unwrap_used, reason = "a test may stop where it fails")]

mod cases;
mod company;
mod plain;
mod properties;
mod synthetic;
