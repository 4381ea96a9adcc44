//! The API over loopback HTTP, with a company of three people behind it.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod access;
mod analytics;
mod any_request;
mod authorize;
mod batch;
mod call_log;
mod company;
mod connections;
mod counted;
mod errors;
mod limits;
mod matrix;
mod presence;
mod push;
mod recordings;
mod reference;
mod server;
mod sync;
mod tokens;
