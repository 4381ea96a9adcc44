//! The locks of an account's syncer, and of who fetches its recordings: on files beside the archive.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::PathBuf;

use super::{Sqlite, blocking};
use crate::{AccountKey, Error, SyncLock, WorkLock};

impl Sqlite {
    pub(crate) async fn lock_sync(&self, account: AccountKey) -> Result<SyncLock, Error> {
        let path = self.lock_path(account);
        let file = blocking(move || lock_file(path)).await?;
        let fence = self
            .write(move |connection| {
                let sql = "UPDATE account SET fence = fence + 1 WHERE account = ?1 RETURNING fence";
                connection.query_row(sql, [account.0], |row| row.get(0))
            })
            .await?;
        Ok(SyncLock { account, fence, held: Box::new(file) })
    }

    pub(crate) async fn lock_recordings(&self, account: AccountKey) -> Result<WorkLock, Error> {
        let locked = self.lock_work("recordings", account).await?;
        locked.map_err(|holder| Error::RecordingsLocked { holder })
    }

    pub(crate) async fn lock_lake(&self, account: AccountKey) -> Result<WorkLock, Error> {
        let locked = self.lock_work("lake", account).await?;
        locked.map_err(|holder| Error::LakeLocked { holder })
    }

    pub(crate) async fn lock_deliveries(&self) -> Result<Option<WorkLock>, Error> {
        Ok(self.lock_work("deliveries", AccountKey(0)).await?.ok())
    }

    /// The lock, or who has it.
    async fn lock_work(
        &self,
        work: &str,
        account: AccountKey,
    ) -> Result<Result<WorkLock, String>, Error> {
        let path = self.beside(&format!("-{work}-{}.lock", account.0));
        match blocking(move || lock_file(path)).await {
            Ok(file) => Ok(Ok(WorkLock { held: Box::new(file) })),
            Err(Error::Locked { holder }) => Ok(Err(holder)),
            Err(error) => Err(error),
        }
    }

    fn beside(&self, suffix: &str) -> PathBuf {
        let mut path = self.path().as_os_str().to_owned();
        path.push(suffix);
        path.into()
    }

    pub(crate) async fn sync_holder(&self, account: AccountKey) -> Result<Option<String>, Error> {
        let path = self.lock_path(account);
        blocking(move || {
            let Ok(file) = File::open(&path) else { return Ok(None) };
            // For a moment only; a sync that begins in it takes us for another one and ends.
            match file.try_lock_shared() {
                Ok(()) => Ok(None),
                Err(TryLockError::WouldBlock) => Ok(Some(holder(&file))),
                Err(TryLockError::Error(source)) => Err(Error::CannotOpen { path, source }),
            }
        })
        .await
    }

    fn lock_path(&self, account: AccountKey) -> PathBuf {
        self.beside(&format!("-sync-{}.lock", account.0))
    }
}

/// The process id that a lock's holder has written into it.
fn holder(mut file: &File) -> String {
    let mut holder = String::new();
    let read = file.read_to_string(&mut holder).is_ok() && !holder.is_empty();
    if read { holder } else { "unknown".to_owned() }
}

fn lock_file(path: PathBuf) -> Result<File, Error> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = match options.open(&path) {
        Ok(file) => file,
        Err(source) => return Err(Error::CannotOpen { path, source }),
    };
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            return Err(Error::Locked { holder: holder(&file) });
        }
        Err(TryLockError::Error(source)) => return Err(Error::CannotOpen { path, source }),
    }
    // Who holds it, for the other's message; of no consequence otherwise.
    let _ = file.set_len(0).and_then(|()| file.rewind());
    let _ = file.write_all(std::process::id().to_string().as_bytes());
    Ok(file)
}
