//! Tables, compared with what they are made from.

mod archive;
mod questions;
mod simulation;
mod zones;
