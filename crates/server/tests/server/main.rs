//! The ports over real archives.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod apps;
mod limiter;
mod place;
mod subscriptions;
mod tokens;
