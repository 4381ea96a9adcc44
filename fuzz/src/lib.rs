//! What the targets have in common.

pub mod archive;
pub mod server;

/// The company of the API's own tests.
#[path = "../../crates/api/tests/api/company.rs"]
mod company;

/// Its journal.
#[path = "../../crates/api/tests/api/push/journal.rs"]
mod push;
