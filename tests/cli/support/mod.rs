//! What the tests share: a place to run the program in, and servers to run it against.

mod browser;
mod hook;
mod place;
mod relay;
mod sandbox;
mod served;
mod transcript;
mod upstream;

use std::path::Path;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

pub use browser::{Browser, LoginFile, basic};
pub use hook::Hook;
pub use place::{Outcome, Place, Running};
pub use relay::Relay;
pub use sandbox::{Company, archived, company, is_private};
pub use served::Served;
pub use transcript::{CANARY, Transcript};
pub use upstream::{Upstream, error, ok, page, record};

/// Where the servers of all tests run.
pub static RUNTIME: LazyLock<tokio::runtime::Runtime> =
    LazyLock::new(|| tokio::runtime::Runtime::new().unwrap());

/// Nothing here takes nearly so long, on any machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Waits until something has come about.
pub fn wait_until(what: &str, mut come_about: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !come_about() {
        assert!(begun.elapsed() < PATIENCE, "still waiting: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Runs a statement in an archive, behind the program's back.
pub fn sql(archive: &Path, statement: &str) {
    rusqlite::Connection::open(archive).unwrap().execute_batch(statement).unwrap();
}

/// One number out of an archive; `None` if it is not as far yet.
pub fn number(archive: &Path, query: &str) -> Option<i64> {
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_WRITE;
    let connection = rusqlite::Connection::open_with_flags(archive, flags).ok()?;
    connection.query_row(query, [], |row| row.get(0)).ok()
}
