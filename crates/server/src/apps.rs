//! The archive's apps, and how its people sign in to them.

use std::sync::Arc;
use std::time::Duration;

use callbook_api::{App, Apps, Decision, ExtensionId, Limit, PortError};
use callbook_model::{DirectoryEntry, DirectoryKind};
use callbook_store::{AccountKey, RegisteredApp, Store};
use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::Value;
use tokio::sync::Semaphore;

use crate::failed;
use crate::limiter::ArchiveLimiter;
use crate::secrets::{claimed_credential, hash_password, is_password, is_secret, random_password};

/// Passwords that may be tried for one person, whatever the plan.
const SIGN_INS: Limit =
    Limit { requests: 10, window: Duration::from_secs(900), penalty: Duration::ZERO };

/// Passwords that are compared at one time: each takes 19 MiB.
const COMPARED_AT_ONCE: usize = 2;

/// Types of extensions that are people.
const PEOPLE: [&str; 4] = ["User", "DigitalUser", "FlexibleUser", "VirtualUser"];

/// Whether an extension of this type and status is somebody who may sign in. An archive that has not mirrored the
/// directory yet knows neither.
#[must_use]
pub fn may_sign_in(kind: Option<&str>, status: Option<&str>) -> bool {
    kind.is_none_or(|kind| PEOPLE.contains(&kind))
        && status.is_none_or(|status| status == "Enabled")
}

/// The apps and people of one account of an archive.
#[derive(Debug)]
pub struct ArchiveApps {
    store: Store,
    account: AccountKey,
    limiter: Arc<ArchiveLimiter>,
    comparing: Semaphore,
    /// What the password of nobody is compared with, so that nobody takes as long as somebody.
    nobodys: String,
}

impl ArchiveApps {
    /// Those of `account`; `limiter` counts the passwords that are tried.
    ///
    /// # Errors
    /// When the system has no random numbers.
    pub fn new(
        store: Store,
        account: AccountKey,
        limiter: Arc<ArchiveLimiter>,
    ) -> Result<Self, PortError> {
        let nobodys = hash_password(&random_password()?)?;
        let comparing = Semaphore::new(COMPARED_AT_ONCE);
        Ok(Self { store, account, limiter, comparing, nobodys })
    }

    /// Everybody who may sign in.
    async fn people(&self) -> Result<Vec<DirectoryEntry>, PortError> {
        let facts = self.store.directory_at(self.account, DirectoryKind::Extension, i64::MAX).await;
        let entries = facts.map_err(failed)?.into_iter().map(|fact| fact.entry);
        let may = |e: &DirectoryEntry| may_sign_in(e.r#type.as_deref(), e.status.as_deref());
        Ok(entries.filter(may).collect())
    }

    /// Who is called so: a person's number or e-mail; a name only if nobody else has it.
    async fn named(&self, username: &str) -> Result<Option<ExtensionId>, PortError> {
        let (people, name) = (self.people().await?, username.trim());
        let is = |text: Option<&str>| text.is_some_and(|text| text.eq_ignore_ascii_case(name));
        let ways: [&dyn Fn(&DirectoryEntry) -> bool; 3] = [
            &|person| is(person.number.as_deref()),
            &|person| is(email(person).as_deref()),
            &|person| is(person.name.as_deref()),
        ];
        for way in ways {
            let found: Vec<_> = people.iter().filter(|person| way(person)).collect();
            if let [only] = found.as_slice() {
                return Ok(only.extension);
            }
        }
        Ok(None)
    }

    /// Whether one more password may be tried for somebody.
    async fn may_try(&self, person: ExtensionId) -> Result<bool, PortError> {
        let key = (String::new(), person.0, "sign-in");
        let decision = self.limiter.count(key, SIGN_INS, Timestamp::now()).await?;
        Ok(matches!(decision, Decision::Allowed(_)))
    }
}

/// A person's e-mail address.
#[must_use]
pub fn email(person: &DirectoryEntry) -> Option<String> {
    let json: Value = serde_json::from_str(&person.json).ok()?;
    Some(json["contact"]["email"].as_str()?.to_owned())
}

fn app(registered: RegisteredApp) -> App {
    let scopes = registered.scopes.iter().filter_map(|name| name.parse().ok());
    App {
        client_id: registered.client_id,
        name: registered.name,
        scopes: scopes.collect(),
        public: registered.secret_hash.is_none(),
        redirect_uris: registered.redirect_uris,
        masks_numbers: registered.masks_numbers,
    }
}

impl Apps for ArchiveApps {
    async fn find(&self, client_id: &str) -> Result<Option<App>, PortError> {
        let found = self.store.app(self.account, client_id).await.map_err(failed)?;
        Ok(found.map(app))
    }

    async fn authenticate(
        &self,
        client_id: &str,
        secret: Option<&SecretString>,
    ) -> Result<Option<App>, PortError> {
        let found = self.store.app(self.account, client_id).await.map_err(failed)?;
        let is_right = |found: &RegisteredApp| match (secret, &found.secret_hash) {
            (Some(secret), Some(hash)) => is_secret(secret, hash),
            (secret, hash) => secret.is_none() && hash.is_none(),
        };
        Ok(found.filter(is_right).map(app))
    }

    async fn jwt_owner(
        &self,
        app: &App,
        assertion: &SecretString,
    ) -> Result<Option<ExtensionId>, PortError> {
        let Some(id) = claimed_credential(assertion) else { return Ok(None) };
        let now_ms = Timestamp::now().as_millisecond();
        let credentials = self.store.credentials(self.account).await.map_err(failed)?;
        let found = credentials.into_iter().find(|credential| credential.id == id);
        let good = found.filter(|credential| {
            is_secret(assertion, &credential.hash)
                && credential.revoked_ms.is_none()
                && credential.expires_ms.is_none_or(|expires_ms| now_ms < expires_ms)
                && credential.app.as_ref().is_none_or(|only| *only == app.client_id)
        });
        let Some(credential) = good else { return Ok(None) };
        let person = Some(credential.extension);
        if !self.people().await?.iter().any(|each| each.extension == person) {
            return Ok(None);
        }
        let noted = self.store.note_credential_use(self.account, &credential.id, now_ms).await;
        noted.map_err(failed)?;
        Ok(person)
    }

    async fn password_owner(
        &self,
        username: &str,
        password: &SecretString,
    ) -> Result<Option<ExtensionId>, PortError> {
        let mut person = self.named(username).await?;
        let mut hashed = None;
        if let Some(id) = person {
            hashed = self.store.password(self.account, id).await.map_err(failed)?;
            if !self.may_try(id).await? {
                tracing::warn!(extension = id.0, "too many passwords were tried");
                (person, hashed) = (None, None);
            }
        }
        let hashed = hashed.unwrap_or_else(|| {
            person = None;
            self.nobodys.clone()
        });
        let place = self.comparing.acquire().await.map_err(failed)?;
        let password = password.clone();
        let compared = tokio::task::spawn_blocking(move || is_password(&password, &hashed)).await;
        drop(place);
        Ok(person.filter(|_| compared.unwrap_or(false)))
    }
}
