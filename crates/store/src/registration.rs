//! The accounts that are to be synced.

use crate::backend::dispatch;
use crate::{AccountKey, Error, Store};

/// An account to be synced, before or after its first sync.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// What the user calls it.
    pub name: String,
    /// Whether, and how, it is synced.
    pub settings: Settings,
    /// Not synced until this is taken back.
    pub paused: bool,
    /// The account, once it has been signed in to.
    pub account: Option<AccountKey>,
    /// When a sync last ended, well or badly: milliseconds since 1970-01-01T00:00:00Z.
    pub last_attempt_ms: Option<i64>,
    /// When one last ended well.
    pub last_success_ms: Option<i64>,
    /// How the last one failed; `None` if it did not.
    pub last_error: Option<String>,
    /// Failures since the last success.
    pub failures: i64,
    /// The last sync failed because the sign-in was refused.
    pub login_refused: bool,
    /// When it was registered: milliseconds since 1970-01-01T00:00:00Z.
    pub created_ms: i64,
}

/// How an account is synced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Where it is read from.
    pub server_url: String,
    /// Where its credentials are, never themselves: `file:/abs/path` or `command:…`.
    pub credentials: String,
    /// Seconds from one sync to the next.
    pub every_s: i64,
    /// Calls are purged after so many days; `None`: never.
    pub retention_days: Option<i64>,
    /// Upstream keeps calls for so many days.
    pub upstream_days: i64,
}

/// A sync that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// When: milliseconds since 1970-01-01T00:00:00Z.
    pub at_ms: i64,
    /// The account, if it got so far.
    pub account: Option<AccountKey>,
    /// What went wrong; without secrets.
    pub error: Option<String>,
    /// That was the sign-in.
    pub login_refused: bool,
}

impl Store {
    /// Registers an account, or changes how it is synced: what became of it so far stays.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub async fn put_registration(&self, name: &str, settings: Settings) -> Result<(), Error> {
        dispatch!(self, put_registration(name, settings))
    }

    /// All of them, by name.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn registrations(&self) -> Result<Vec<Registration>, Error> {
        dispatch!(self, registrations())
    }

    /// Pauses one, or takes that back; `false` if there is none of that name.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub async fn set_paused(&self, name: &str, paused: bool) -> Result<bool, Error> {
        dispatch!(self, set_paused(name, paused))
    }

    /// Forgets one, not its calls; `false` if there is none of that name.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub async fn remove_registration(&self, name: &str) -> Result<bool, Error> {
        dispatch!(self, remove_registration(name))
    }

    /// Notes how a sync ended; `false` if there is none of that name (any more).
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub async fn note_attempt(&self, name: &str, attempt: Attempt) -> Result<bool, Error> {
        dispatch!(self, note_attempt(name, attempt))
    }
}
