//! What the targets have in common.

pub mod archive;
pub mod server;

/// The company of the API's own tests.
#[expect(dead_code, reason = "the tests move its clock")]
#[path = "../../crates/api/tests/api/company.rs"]
mod company;

/// Its figures.
#[path = "../../crates/api/tests/api/counted.rs"]
mod counted;

/// Its journal.
#[expect(dead_code, reason = "the tests write into it")]
#[path = "../../crates/api/tests/api/push/journal.rs"]
mod push;
