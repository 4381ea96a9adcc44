//! Plans against a model of upstream, and syncs against a server.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod directory;
mod listing;
mod plan;
mod retry;
mod simulation;
mod support;
mod verify;
