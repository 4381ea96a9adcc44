//! What has changed, read and derived ahead of its being written.

use std::sync::Arc;

use callbook_store::{AccountKey, SessionChanges, Store};
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, spawn_blocking};

use crate::directory::Directory;
use crate::question::gave_up;
use crate::staged::{Staged, Step};
use crate::{Error, Place};

/// Changed calls that are read at a time.
const STEP: u32 = 2_000;

/// Steps that are read while earlier ones are derived.
const AHEAD: usize = 2;

/// Sessions that are written together.
pub(crate) const TOGETHER: usize = 200_000;

/// Memory that their rows may take before they go to the disk.
pub(crate) const HELD_BYTES: usize = 32 << 20;

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

/// Everything that has changed after a position, up to another at least, read ahead.
pub(crate) fn changes(
    store: Store,
    account: AccountKey,
    mut position: i64,
    until: i64,
) -> mpsc::Receiver<Result<SessionChanges, Error>> {
    let (send, receive) = mpsc::channel(AHEAD);
    tokio::spawn(async move {
        while position < until {
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

/// What has changed, derived ahead.
pub(crate) struct Steps {
    steps: mpsc::Receiver<Result<Step, Error>>,
    /// `None` once it has ended.
    deriving: Option<JoinHandle<()>>,
}

impl Steps {
    /// Derives the rows of what has changed, off the threads that serve others.
    pub(crate) fn of(
        mut changes: mpsc::Receiver<Result<SessionChanges, Error>>,
        directory: Arc<Directory>,
    ) -> Self {
        let (send, steps) = mpsc::channel(AHEAD);
        let deriving = spawn_blocking(move || {
            while let Some(some) = changes.blocking_recv() {
                let step = some.map(|some| Step::derive(&some, &directory));
                if send.blocking_send(step).is_err() {
                    return;
                }
            }
        });
        Self { steps, deriving: Some(deriving) }
    }

    /// The next ones; `None` after the last.
    pub(crate) async fn next(&mut self) -> Result<Option<Step>, Error> {
        let next = self.steps.recv().await.transpose()?;
        if next.is_none()
            && let Some(deriving) = self.deriving.take()
        {
            // Steps also end where deriving them broke off.
            deriving.await.map_err(gave_up)?;
        }
        Ok(next)
    }
}

/// The rows of what comes next, until there are enough to be written.
pub(crate) async fn next(
    steps: &mut Steps,
    mut position: i64,
    place: &Place,
    count: &mut (dyn FnMut(u64) + Send),
) -> Result<Batch, Error> {
    let mut staged = Staged::default();
    while staged.sessions() < TOGETHER {
        let Some(step) = steps.next().await? else { break };
        position = step.upto;
        let sessions = step.sessions.len() as u64;
        staged.add(step);
        staged = spilled(staged, place, HELD_BYTES).await?;
        count(sessions);
    }
    Ok(Batch { staged, position })
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
