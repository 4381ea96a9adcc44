//! The client against a server that answers as a test tells it to.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod answers;
mod hostile;
mod listing;
mod log;
mod proxy;
mod recordings;
mod stage;
mod support;
