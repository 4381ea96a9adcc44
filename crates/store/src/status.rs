//! What the archive holds, in numbers.

use crate::backend::dispatch;
use crate::{Account, AccountKey, Error, Store};

/// The archive as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// UUID.
    pub archive_id: String,
    /// When it was made, milliseconds since 1970-01-01T00:00:00Z.
    pub created_ms: i64,
    /// Size of the database, in bytes, what is not checkpointed yet included.
    pub bytes: u64,
    /// Each account.
    pub accounts: Vec<AccountStatus>,
}

/// One account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountStatus {
    /// Which one.
    pub account: Account,
    /// Calls that upstream has not deleted, without those that were imported from the portal.
    pub calls: i64,
    /// Calls that were imported from the portal, whether or not records of the API stand for them.
    pub imported: i64,
    /// Calls that it has.
    pub deleted: i64,
    /// Calls with a recording.
    pub recorded: i64,
    /// Every state of every call.
    pub versions: i64,
    /// Deleted calls that upstream lists no more without having said why.
    pub tombstones: i64,
    /// Calls that were absent upstream once: not deleted yet.
    pub suspects: i64,
    /// Calls that upstream is too old to list, and that it did not delete before.
    pub expired: i64,
    /// Records that could not be read.
    pub quarantined: i64,
    /// When the first and the last call began.
    pub calls_ms: Option<(i64, i64)>,
    /// The last sync that came to its end.
    pub last_run: Option<Run>,
    /// When the last sync ended well, by itself or as a registered account's.
    pub last_success_ms: Option<i64>,
}

/// A sync that came to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub started_ms: i64,
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub finished_ms: i64,
    /// What it did: JSON.
    pub summary: String,
}

/// When the last sync of an account ended well, in every database.
macro_rules! last_success_sql {
    ($account:literal) => {
        concat!(
            "SELECT max(at_ms) FROM (
                 SELECT max(finished_ms) AS at_ms FROM sync_run WHERE account = ",
            $account,
            " UNION ALL SELECT max(last_success_ms) FROM registration WHERE account = ",
            $account,
            ") successes"
        )
    };
}

pub(crate) use last_success_sql;

impl Store {
    /// The archive's UUID, which no other one has but copies of it.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn archive_id(&self) -> Result<String, Error> {
        dispatch!(self, archive_id())
    }

    /// # Errors
    /// When the archive cannot be read.
    pub async fn status(&self) -> Result<Status, Error> {
        dispatch!(self, status())
    }

    /// When the last sync of an account ended well, by itself or as a registered account's: milliseconds since
    /// 1970-01-01T00:00:00Z.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn last_success(&self, account: AccountKey) -> Result<Option<i64>, Error> {
        dispatch!(self, last_success(account))
    }

    /// How many calls of all accounts began since then; milliseconds since 1970-01-01T00:00:00Z.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn calls_since(&self, start_ms: i64) -> Result<i64, Error> {
        dispatch!(self, calls_since(start_ms))
    }

    /// Notes a sync that came to its end.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub async fn put_run(&self, account: AccountKey, run: Run) -> Result<(), Error> {
        dispatch!(self, put_run(account, run))
    }
}
