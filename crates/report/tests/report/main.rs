//! Reports from outside.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod catalog;
mod question;
