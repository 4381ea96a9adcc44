//! An archive, served: the same answers as from where it came.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod changes;
mod company;
mod connections;
mod equal;
mod lists;
mod people;
#[expect(dead_code, reason = "the store's own tests look behind an archive's back")]
#[path = "../../../store/tests/store/place.rs"]
mod place;
mod service;
mod serving;
