//! The archive's promises, on real databases.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod absence;
mod apps;
mod backup;
mod changed;
mod check;
mod commit;
mod directory;
mod health;
mod hidden;
mod import;
mod list;
mod open;
mod place;
mod postgres;
mod projection;
mod purge;
mod quarantine;
mod questions;
mod recordings;
mod registration;
mod seal;
mod sessions;
mod support;
mod value;
mod views;
mod webhooks;
