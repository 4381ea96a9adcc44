//! What has changed, read and derived ahead of its being written.

use std::sync::Arc;

use callbook_store::{AccountKey, SessionChanges, Store};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use crate::directory::Directory;
use crate::question::gave_up;
use crate::staged::Staged;
use crate::{Error, Place};

/// Changed calls that are read at a time.
const STEP: u32 = 1_000;

/// Steps that are read while earlier ones are derived.
const AHEAD: usize = 2;

/// Sessions that are written together.
pub(crate) const TOGETHER: usize = 200_000;

/// Memory that their rows may take before they go to the disk.
pub(crate) const HELD_BYTES: usize = 16 << 20;

/// Rows up to a change number.
pub(crate) struct Batch {
    pub(crate) staged: Staged,
    pub(crate) position: i64,
}

impl Batch {
    /// Whether there may be more.
    pub(crate) fn is_full(&self) -> bool {
        self.staged.sessions() >= TOGETHER
    }
}

/// Everything that has changed after a position, read ahead.
pub(crate) fn changes(
    store: Store,
    account: AccountKey,
    mut position: i64,
) -> mpsc::Receiver<Result<SessionChanges, Error>> {
    let (send, receive) = mpsc::channel(AHEAD);
    tokio::spawn(async move {
        loop {
            let read = store.changed_sessions(account, position, STEP).await;
            let upto = read.as_ref().map_or(position, |read| read.upto);
            let is_end = read.is_ok() && upto <= position;
            position = upto;
            if is_end || send.send(read.map_err(Error::from)).await.is_err() || send.is_closed() {
                return;
            }
        }
    });
    receive
}

/// Derives the rows of what comes next, until there are enough to be written.
pub(crate) async fn next(
    changes: &mut mpsc::Receiver<Result<SessionChanges, Error>>,
    mut position: i64,
    directory: &Arc<Directory>,
    place: &Place,
    count: &mut (dyn FnMut(u64) + Send),
) -> Result<Batch, Error> {
    let mut batch = Batch { staged: Staged::default(), position };
    while !batch.is_full() {
        let Some(some) = changes.recv().await else { break };
        let some = some?;
        position = some.upto;
        let sessions = some.sessions.len() as u64;
        let staged = derived(batch.staged, some, directory).await?;
        batch = Batch { staged: spilled(staged, place, HELD_BYTES).await?, position };
        count(sessions);
    }
    Ok(batch)
}

/// Derives the rows of what has changed, off the threads that serve others.
pub(crate) async fn derived(
    mut staged: Staged,
    changes: SessionChanges,
    directory: &Arc<Directory>,
) -> Result<Staged, Error> {
    for record in &changes.damaged {
        tracing::warn!(record, "left out of reports: what the archive holds of it is damaged");
    }
    let directory = Arc::clone(directory);
    let add = move || {
        staged.add(&changes, &directory);
        staged
    };
    spawn_blocking(add).await.map_err(gave_up)
}

/// Puts rows on the disk if they take more memory.
pub(crate) async fn spilled(
    mut staged: Staged,
    place: &Place,
    held_bytes: usize,
) -> Result<Staged, Error> {
    if staged.bytes() <= held_bytes {
        return Ok(staged);
    }
    let place = place.clone();
    let spill = move || staged.spill(&place).map(|()| staged);
    spawn_blocking(spill).await.map_err(gave_up)?
}
