//! The lake's tables as of now, and kept for the next question.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use callbook_lake::{Access, Error, Lake, Limits, Tables};
use tokio::sync::Mutex;

/// So many changes are read from the archive for a question; if there are more, the files are brought up to date first.
const READ: i64 = 20_000;

/// From so many on they are brought up to date in the background.
const FEW: i64 = 2_000;

/// A new directory does not count as a change, and files that were replaced are deleted half an hour later.
const LASTS: Duration = Duration::from_secs(60);

/// Whether questions can be asked.
pub(crate) enum State {
    /// Of these tables.
    Ready(Arc<Tables>),
    /// Not before the files are up to date, which they are being brought to.
    Behind,
}

pub(crate) struct Current {
    lake: Arc<Lake>,
    limits: Limits,
    last: Mutex<Option<Kept>>,
    updating: Arc<AtomicBool>,
}

struct Kept {
    /// The archive's change number that they are as of.
    newest: i64,
    since: Instant,
    tables: Arc<Tables>,
}

impl Current {
    pub(crate) fn new(lake: Arc<Lake>, limits: Limits) -> Self {
        Self { lake, limits, last: Mutex::default(), updating: Arc::default() }
    }

    /// Tables as new as the archive. Questions that come together wait for the same ones.
    pub(crate) async fn tables(&self) -> Result<State, Error> {
        let mut last = self.last.lock().await;
        let newest = self.lake.newest().await?;
        if let Some(kept) = &*last
            && kept.newest == newest
            && kept.since.elapsed() < LASTS
        {
            return Ok(State::Ready(Arc::clone(&kept.tables)));
        }
        let snapshot = self.lake.snapshot().await?;
        if snapshot.is_behind(FEW) {
            self.update();
        }
        if snapshot.is_behind(READ) {
            return Ok(State::Behind);
        }
        let tables = Arc::new(snapshot.tables(&self.limits, &Access::Everything).await?);
        *last = Some(Kept { newest, since: Instant::now(), tables: Arc::clone(&tables) });
        Ok(State::Ready(tables))
    }

    /// Brings the files up to date in the background, unless somebody does.
    fn update(&self) {
        if self.updating.swap(true, Ordering::AcqRel) {
            return;
        }
        let (lake, updating) = (Arc::clone(&self.lake), Updating(Arc::clone(&self.updating)));
        tokio::spawn(async move {
            let _updating = updating;
            if let Err(error) = lake.update(&mut |_| ()).await {
                let error: &dyn std::error::Error = &error;
                tracing::warn!(error, "the lake was not brought up to date");
            }
        });
    }
}

/// An update under way, until dropped.
struct Updating(Arc<AtomicBool>);

impl Drop for Updating {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}
