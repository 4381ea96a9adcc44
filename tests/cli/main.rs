//! The `callbook` program from outside: what it prints, writes, and ends with.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]
#![cfg(unix)]

mod apps;
mod bad_archive;
mod bad_settings;
mod bad_upstream;
mod broken_answers;
mod canaries;
mod deliveries;
mod directory;
mod disk;
mod doctor;
mod exchange;
mod filters;
mod flow;
mod help;
mod keeping;
mod login;
mod output;
mod portal;
mod rate;
mod recordings;
mod renewal;
mod report;
mod samples;
mod sandbox;
mod serve;
mod serve_access;
mod serve_push;
mod setup;
mod signals;
mod support;
