//! Who may ask over the API: apps, and what people sign in with. No secret is kept, only what it can be
//! recognised by.

use callbook_model::ExtensionId;

use crate::backend::dispatch;
use crate::{AccountKey, Error, Store};

/// An app that was registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisteredApp {
    /// Its id, unique in the archive.
    pub client_id: String,
    /// What people call it.
    pub name: String,
    /// The SHA-256 of its secret; `None` for a public app, which has none.
    pub secret_hash: Option<Vec<u8>>,
    /// The names of its scopes.
    pub scopes: Vec<String>,
    /// Where users may be sent back to.
    pub redirect_uris: Vec<String>,
    /// Its rate plan, if it has one of its own: `10/60s`, or `off`.
    pub plan: Option<String>,
    /// It gets phone numbers without their last digits.
    pub masks_numbers: bool,
    /// When it was registered: milliseconds since 1970-01-01T00:00:00Z.
    pub created_ms: i64,
    /// When that was taken back.
    pub revoked_ms: Option<i64>,
}

/// A person's JWT.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppCredential {
    /// Its claim `jti`, unique in the archive.
    pub id: String,
    /// Whose it is.
    pub extension: ExtensionId,
    /// The one app that it is good for; `None`: any.
    pub app: Option<String>,
    /// The SHA-256 of the JWT.
    pub hash: Vec<u8>,
    /// When it was made: milliseconds since 1970-01-01T00:00:00Z.
    pub created_ms: i64,
    /// When it expires; `None`: never.
    pub expires_ms: Option<i64>,
    /// When it was revoked.
    pub revoked_ms: Option<i64>,
    /// When somebody last signed in with it.
    pub last_used_ms: Option<i64>,
}

impl Store {
    /// Registers an app.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub async fn put_app(&self, account: AccountKey, app: RegisteredApp) -> Result<(), Error> {
        dispatch!(self, put_app(account, app))
    }

    /// An account's apps, the revoked ones too, oldest first.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn apps(&self, account: AccountKey) -> Result<Vec<RegisteredApp>, Error> {
        dispatch!(self, apps(account))
    }

    /// One of them, unless it was revoked.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn app(
        &self,
        account: AccountKey,
        client_id: &str,
    ) -> Result<Option<RegisteredApp>, Error> {
        dispatch!(self, app(account, client_id))
    }

    /// Revokes an app and ends its sessions, in one transaction; `false` if there is none, or not any more.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub async fn revoke_app(
        &self,
        account: AccountKey,
        client_id: &str,
        at_ms: i64,
    ) -> Result<bool, Error> {
        dispatch!(self, revoke_app(account, client_id, at_ms))
    }

    /// Keeps a person's JWT.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub async fn put_credential(
        &self,
        account: AccountKey,
        credential: AppCredential,
    ) -> Result<(), Error> {
        dispatch!(self, put_credential(account, credential))
    }

    /// Everybody's, the revoked ones too, oldest first.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn credentials(&self, account: AccountKey) -> Result<Vec<AppCredential>, Error> {
        dispatch!(self, credentials(account))
    }

    /// Revokes one and ends the person's sessions with the apps that it was good for, in one transaction;
    /// `false` if there is none, or not any more.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub async fn revoke_credential(
        &self,
        account: AccountKey,
        id: &str,
        at_ms: i64,
    ) -> Result<bool, Error> {
        dispatch!(self, revoke_credential(account, id, at_ms))
    }

    /// Notes that somebody signed in with one.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub async fn note_credential_use(
        &self,
        account: AccountKey,
        id: &str,
        at_ms: i64,
    ) -> Result<(), Error> {
        dispatch!(self, note_credential_use(account, id, at_ms))
    }

    /// Sets what a person signs in with in a browser, as an Argon2 hash, or takes it away; the person's sessions end.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub async fn set_password(
        &self,
        account: AccountKey,
        extension: ExtensionId,
        hash: Option<String>,
        at_ms: i64,
    ) -> Result<(), Error> {
        dispatch!(self, set_password(account, extension, hash, at_ms))
    }

    /// The Argon2 hash of a person's password.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn password(
        &self,
        account: AccountKey,
        extension: ExtensionId,
    ) -> Result<Option<String>, Error> {
        dispatch!(self, password(account, extension))
    }
}
