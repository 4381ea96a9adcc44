//! Archives that go out as files and come in again.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod archive;
mod equal;
mod tables;
