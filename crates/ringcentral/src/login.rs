//! A stored login: the tokens of a user who has signed in, and where they are kept.

use std::any::Any;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize, Serializer};

use crate::scope::Scopes;
use crate::{AccountInfo, Error, ExtensionInfo};

/// How soon it is looked again whether somebody else has done with a login.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// Why a login cannot be read or kept; says where it is.
pub type KeepError = Box<dyn std::error::Error + Send + Sync>;

/// Where one login is kept, for all processes of the person whose it is. Its methods block.
pub trait Keep: Send + Sync + fmt::Debug {
    /// Tells this login from others; nothing of it is secret.
    fn name(&self) -> &str;

    /// Keeps everybody else from changing it until the value is dropped; `None` while somebody does.
    ///
    /// # Errors
    /// When the place cannot be used.
    fn try_lock(&self) -> Result<Option<Box<dyn Any + Send>>, KeepError>;

    /// What is there.
    ///
    /// # Errors
    /// When it cannot be read.
    fn read(&self) -> Result<Option<SecretString>, KeepError>;

    /// Puts it in the place of what was there. Once this returns, no crash and no power cut takes it
    /// away; until then, what was there before stays.
    ///
    /// # Errors
    /// When it cannot be written.
    fn write(&self, text: &SecretString) -> Result<(), KeepError>;

    /// Leaves nothing of it.
    ///
    /// # Errors
    /// When it cannot be removed.
    fn remove(&self) -> Result<(), KeepError>;
}

/// What the server gave to an app for a user. `Debug` shows no secret.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub struct Tokens {
    /// Goes with every request.
    #[serde(serialize_with = "exposed")]
    pub(crate) access: SecretString,
    /// When the access token should be replaced, by our clock: well before it ends.
    pub renew_at: Timestamp,
    /// Works once, for the next pair of tokens.
    #[serde(serialize_with = "exposed_if_any")]
    pub(crate) refresh: Option<SecretString>,
    /// When the refresh token ends, by our clock.
    pub refresh_until: Option<Timestamp>,
    /// What the app may do, if the server says.
    pub scopes: Option<Scopes>,
    /// The user's extension id, if the server says.
    pub owner_id: Option<String>,
}

/// A user who is signed in. `Debug` shows no secret.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub struct Login {
    /// The newest tokens.
    pub tokens: Tokens,
    /// What it was signed in with, if not in a browser: good for another sign-in.
    #[serde(serialize_with = "exposed_if_any")]
    pub(crate) jwt: Option<SecretString>,
    /// When somebody signed in.
    pub since: Timestamp,
    /// Who it is, if the app may know.
    pub who: Option<Who>,
}

/// The user of a login.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
pub struct Who {
    /// RingCentral's id of the account.
    pub account_id: u64,
    /// Their extension's name.
    pub name: Option<String>,
    /// Their extension's number.
    pub extension_number: Option<String>,
}

impl Who {
    pub(crate) fn new(account: &AccountInfo, extension: ExtensionInfo) -> Self {
        let ExtensionInfo { name, extension_number, .. } = extension;
        Self { account_id: account.id.0, name, extension_number }
    }
}

impl Login {
    pub(crate) fn new(tokens: Tokens, jwt: Option<SecretString>) -> Self {
        Self { tokens, jwt, since: Timestamp::now(), who: None }
    }

    /// Whether it was made with a JWT, which brings new tokens at any time.
    pub fn is_by_jwt(&self) -> bool {
        self.jwt.is_some()
    }

    /// Reads what is kept; `None` if nobody is signed in.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn load(keep: &dyn Keep) -> Result<Option<Self>, Error> {
        let Some(text) = keep.read().map_err(Error::Keep)? else { return Ok(None) };
        // What serde says of it would repeat parts of it.
        let login = serde_json::from_str(text.expose_secret()).map_err(|_| Error::OddLogin)?;
        Ok(Some(login))
    }

    fn text(&self) -> Result<SecretString, Error> {
        serde_json::to_string(self).map(Into::into).map_err(|_| Error::OddLogin)
    }
}

/// Waits until nobody else changes the login.
pub(crate) async fn lock(keep: &Arc<dyn Keep>) -> Result<Box<dyn Any + Send>, Error> {
    loop {
        if let Some(lock) = blocking(keep, |keep| keep.try_lock().map_err(Error::Keep)).await? {
            return Ok(lock);
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

pub(crate) async fn read(keep: &Arc<dyn Keep>) -> Result<Login, Error> {
    blocking(keep, |keep| Login::load(keep)).await?.ok_or(Error::NotSignedIn)
}

pub(crate) async fn write(keep: &Arc<dyn Keep>, login: &Login) -> Result<(), Error> {
    let text = login.text()?;
    blocking(keep, move |keep| keep.write(&text).map_err(Error::Keep)).await
}

/// Does something with the place where a login is kept, to its end, even if nobody waits for it any more.
pub(crate) async fn blocking<T: Send + 'static>(
    keep: &Arc<dyn Keep>,
    work: impl FnOnce(&dyn Keep) -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let keep = Arc::clone(keep);
    match tokio::task::spawn_blocking(move || work(&*keep)).await {
        Ok(outcome) => outcome,
        Err(join) => match join.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime is shutting down.
            Err(_) => std::future::pending().await,
        },
    }
}

fn exposed<S: Serializer>(secret: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose_secret())
}

fn exposed_if_any<S: Serializer>(
    secret: &Option<SecretString>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    secret.as_ref().map(|secret| secret.expose_secret()).serialize(serializer)
}
