//! Copies of archives: written aside, made safe, then named.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::purge::erase_account;
use super::{APPLICATION_ID, Sqlite, blocking, connect, create_private, error};
use crate::{AccountKey, Error, Location};

impl Sqlite {
    pub(crate) async fn backup(&self, to: &Path, account: Option<AccountKey>) -> Result<(), Error> {
        let (from, to) = (self.path().to_owned(), to.to_owned());
        blocking(move || {
            let aside = Aside::new(&to)?;
            let source = connect(&from, OpenFlags::SQLITE_OPEN_READ_WRITE);
            copy(&from, source, &aside.path, &to)?;
            if let Some(account) = account {
                keep_only(&aside.path, account.0).map_err(|e| error::name(&aside.path, e))?;
            }
            aside.rename(&to)
        })
        .await
    }

    pub(crate) async fn restore(from: &Path, into: &Path) -> Result<(), Error> {
        let (from, into) = (from.to_owned(), into.to_owned());
        blocking(move || {
            if fs::metadata(&into).is_ok_and(|metadata| metadata.len() > 0) {
                return Err(Error::NotEmpty { location: Location::Sqlite(into) });
            }
            if !from.is_file() {
                return Err(Error::NoArchive { location: Location::Sqlite(from) });
            }
            let aside = Aside::new(&into)?;
            // A copy lies in a file of its own, often in a folder that is read-only.
            copy(&from, connect(&from, OpenFlags::SQLITE_OPEN_READ_ONLY), &aside.path, &into)?;
            aside.rename(&into)
        })
        .await
    }
}

/// A file beside the one that it is to become; removed unless it does.
pub(crate) struct Aside {
    pub(crate) path: PathBuf,
}

impl Aside {
    pub(crate) fn new(to: &Path) -> Result<Self, Error> {
        let mut path = to.as_os_str().to_owned();
        path.push(format!(".{}.part", std::process::id()));
        let path = PathBuf::from(path);
        let _ = fs::remove_file(&path);
        create_private(&path)?;
        Ok(Self { path })
    }

    /// Safe on the disk first, then under its name, and the name safe as well.
    pub(crate) fn rename(self, to: &Path) -> Result<(), Error> {
        let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or_else(|| Path::new("."));
        File::open(&self.path)
            .and_then(|file| file.sync_all())
            .and_then(|()| fs::rename(&self.path, to))
            .and_then(|()| if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) })
            .map_err(|source| Error::CannotOpen { path: to.to_owned(), source })
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        // After it was renamed there is nothing to remove.
        let _ = fs::remove_file(&self.path);
    }
}

/// Copies an archive into an empty file, and looks through the copy.
///
/// The copy is written `to` a file aside, and `named` otherwise to people.
fn copy(
    from: &Path,
    source: rusqlite::Result<Connection>,
    to: &Path,
    named: &Path,
) -> Result<(), Error> {
    let source = source.map_err(|e| error::name(from, e))?;
    let application: i64 = source
        .pragma_query_value(None, "application_id", |row| row.get(0))
        .map_err(|e| error::name(from, e))?;
    if application != APPLICATION_ID {
        return Err(Error::NotAnArchive { location: Location::Sqlite(from.to_owned()) });
    }
    let target = to.to_string_lossy();
    source.execute("VACUUM INTO ?1", [target]).map_err(|e| match e.sqlite_error_code() {
        // It is the copy that has no room.
        Some(ErrorCode::DiskFull) => error::name(named, e),
        _ => error::name(from, e),
    })?;
    let sound = connect(to, OpenFlags::SQLITE_OPEN_READ_ONLY)
        .and_then(|copy| {
            copy.pragma_query_value(None, "integrity_check", |row| row.get::<_, String>(0))
        })
        .map_err(|e| error::name(to, e))?;
    if sound != "ok" {
        return Err(Error::Damaged { location: Location::Sqlite(from.to_owned()) });
    }
    Ok(())
}

/// Apps and people of the API.
const OF_THE_API: [&str; 8] = [
    "DELETE FROM app_token",
    "DELETE FROM app",
    "DELETE FROM app_credential",
    "DELETE FROM app_password",
    "DELETE FROM app_session",
    "DELETE FROM app_rate",
    "DELETE FROM webhook",
    "DELETE FROM webhook_lease",
];

/// Erases every account but one, and what is of none.
fn keep_only(path: &Path, account: i64) -> rusqlite::Result<()> {
    let mut copy = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let transaction = copy.transaction()?;
    let others: Vec<i64> = transaction
        .prepare("SELECT account FROM account WHERE account <> ?1")?
        .query_map([account], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for other in others {
        transaction.execute("DELETE FROM call WHERE account = ?1", [other])?;
        erase_account(&transaction, other)?;
    }
    // The others' recordings stay where they are.
    transaction.execute("DELETE FROM doomed_object", [])?;
    transaction.execute("DELETE FROM registration WHERE account IS NOT ?1", [account])?;
    transaction.execute("DELETE FROM value", [])?;
    // A copy of an account's calls says nothing of who may see them elsewhere.
    for sql in OF_THE_API {
        transaction.execute(sql, [])?;
    }
    transaction.commit()?;
    copy.execute_batch("VACUUM")
}
