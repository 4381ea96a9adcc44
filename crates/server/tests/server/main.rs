//! An archive, served: the ports over real archives, and the same answers as from where they came.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod apps;
mod changes;
mod company;
mod connections;
mod equal;
mod kinds;
mod limiter;
mod lists;
mod people;
mod place;
mod push;
mod service;
mod serving;
mod subscriptions;
mod tokens;
mod transfers;
