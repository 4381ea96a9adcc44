//! Taking files in.

mod bundle;
mod lines;
mod piece;
mod portal;
mod recordings;
mod source;

use std::path::Path;

use callbook_model::Scope;
use callbook_store::{Account, Batch, Imported, Store, SyncLock};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use tokio::sync::mpsc;

use self::piece::Piece;
pub use self::recordings::{BundledRecording, bundled_recordings};
pub use self::source::Opened;
use crate::Error;

/// Pieces that wait to be written.
const PIECES_AHEAD: usize = 4;

/// What files do not say themselves.
#[derive(Debug, Clone)]
pub struct How {
    /// The log that records alone are of.
    pub scope: Scope,
    /// How the portal's times are to be read; without it, its files cannot be.
    pub clock: Option<Clock>,
}

/// How the portal's times are to be read.
#[derive(Debug, Clone)]
pub struct Clock {
    /// Their zone.
    pub zone: TimeZone,
    /// 31/01/2024, not 01/31/2024.
    pub day_first: bool,
}

/// What came of a file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// What became of its records.
    #[serde(flatten)]
    pub imported: Imported,
    /// Lines that could not be read, and are in quarantine.
    pub unreadable: u64,
}

/// A line that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadLine {
    /// Counted from 1.
    pub line: u64,
    /// What is wrong.
    pub reason: String,
}

/// What happens while a file is read.
#[derive(Debug)]
pub enum Progress<'a> {
    /// So many records were read.
    Done(u64),
    /// A line could not be.
    Bad(&'a BadLine),
}

impl Opened {
    /// Takes the file in, in small transactions: after an interruption, take it in again. Nothing that is in
    /// the archive is replaced, and a second time changes nothing.
    ///
    /// # Errors
    /// When the file cannot be read to its end, the archive not be written, or somebody else syncs the
    /// account. What could not be read of the file line by line is no error.
    pub async fn import(
        self,
        store: &Store,
        account: &Account,
        how: How,
        progress: &mut impl FnMut(Progress<'_>),
    ) -> Result<Report, Error> {
        let lock = store.lock_sync(account.key).await?;
        let extensions = store.extensions(account.key).await?;
        let knows_directory = !extensions.is_empty();
        let now_ms = Timestamp::now().as_millisecond();
        let (send, mut pieces) = mpsc::channel(PIECES_AHEAD);
        let company = portal::Company::new(account.home, extensions);
        let read = tokio::task::spawn_blocking(move || self.read(&company, how, &send));
        let mut report = Report::default();
        let mut done = 0;
        while let Some(piece) = pieces.recv().await {
            match piece {
                // What a sync has told of them is newer.
                Piece::Directory(_) if knows_directory => {}
                Piece::Directory(facts) => store.import_facts(&lock, facts).await?,
                Piece::Records(records) => {
                    done += records.states.len() as u64;
                    records.bad.iter().for_each(|(bad, _)| progress(Progress::Bad(bad)));
                    report += write(store, &lock, records, now_ms).await?;
                    progress(Progress::Done(done));
                }
            }
        }
        match read.await {
            Ok(read) => read?,
            Err(join) => std::panic::resume_unwind(join.into_panic()),
        }
        Ok(report)
    }
}

async fn write(
    store: &Store,
    lock: &SyncLock,
    piece::Records { scope, states, bad }: piece::Records,
    now_ms: i64,
) -> Result<Report, Error> {
    let imported = store.import(lock, scope, states, now_ms).await?;
    let unreadable = bad.len() as u64;
    if unreadable > 0 {
        let quarantined = bad.into_iter().map(|(_, quarantined)| quarantined).collect();
        store.commit(lock, scope, Batch { quarantined, ..Batch::default() }).await?;
    }
    Ok(Report { imported, unreadable })
}

impl std::ops::AddAssign for Report {
    fn add_assign(&mut self, other: Self) {
        self.imported += other.imported;
        self.unreadable += other.unreadable;
    }
}

/// A file's name without its folder, for people.
fn name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
