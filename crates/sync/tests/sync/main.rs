//! Plans against a model of upstream, and syncs against a server.

mod plan;
mod retry;
