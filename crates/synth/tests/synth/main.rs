//! What a synthetic company promises.

#![expect(clippy::unwrap_used, reason = "a test may stop where it fails")]

mod audio;
mod facts;
mod ids;
mod legs;
mod load;
mod oddities;
mod order;
mod resources;
mod sessions;
mod shapes;
mod support;
mod views;
