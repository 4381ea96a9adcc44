//! Accounts and their extensions.

use callbook_model::{AccountId, ExtensionId, Region, Scope};

use crate::backend::dispatch;
use crate::{Error, Store};

/// The archive's own number of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AccountKey(pub(crate) i64);

/// An account in the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The archive's own number.
    pub key: AccountKey,
    /// RingCentral's id.
    pub id: AccountId,
    /// Where it was last read from.
    pub server_url: String,
    /// The company's main number.
    pub main_number: Option<String>,
    /// Where its national numbers belong.
    pub home: Region,
}

/// An extension as last seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// RingCentral's id.
    pub id: ExtensionId,
    /// The short number, such as `101`.
    pub number: Option<String>,
    /// Display name.
    pub name: Option<String>,
    /// `User`, `Department` (a call queue), …
    pub kind: Option<String>,
}

impl Store {
    /// Adds an account, or updates what is known of it. Its home region stays what it was first:
    /// postings depend on it.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub async fn put_account(
        &self,
        id: AccountId,
        server_url: &str,
        main_number: Option<&str>,
        home: Region,
    ) -> Result<Account, Error> {
        dispatch!(self, put_account(id, server_url, main_number, home))
    }

    /// The accounts of the archive, oldest first.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn accounts(&self) -> Result<Vec<Account>, Error> {
        dispatch!(self, accounts())
    }

    /// The extensions that an account has, and had: as last seen. Those that are gone have no number: it may
    /// be somebody else's.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn extensions(&self, account: AccountKey) -> Result<Vec<Extension>, Error> {
        Ok(self.names(account).await?.newest())
    }

    /// The cursor of a task, as [`crate::Batch`] left it.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn cursor(
        &self,
        account: AccountKey,
        scope: Scope,
        name: &str,
    ) -> Result<Option<String>, Error> {
        dispatch!(self, cursor(account, scope, name))
    }
}

/// An id as a database's signed integer.
pub(crate) fn number(id: u64) -> i64 {
    id.cast_signed()
}

/// A scope as the column of that name.
pub(crate) fn scope_number(scope: Scope) -> i64 {
    match scope {
        Scope::Account => 0,
        Scope::Extension(id) => number(id.0),
    }
}

/// What [`scope_number`] was given.
pub(crate) fn scope_of(number: i64) -> Scope {
    match number {
        0 => Scope::Account,
        id => Scope::Extension(ExtensionId(id.cast_unsigned())),
    }
}
