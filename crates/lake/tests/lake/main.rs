//! Tables, compared with what they are made from.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod access;
mod archive;
mod imported;
mod periods;
mod put_back;
mod questions;
mod revision;
mod s3;
mod simulation;
mod zones;
