//! Who is told when the archive is no longer kept current: settings, and the state of things.

use std::time::Duration;

use callbook_alert::{
    Channel, Condition, Disk, Email, Ledger, Limits, MailServer, Origin, Watched, conditions,
};
use callbook_store::{Location, Registration, Status, Store};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use serde::Deserialize;

use crate::output::note;

/// How often it is looked whether somebody has to be told something, while syncs go on.
pub const EVERY: Duration = Duration::from_secs(60);

/// `[alerts]` of `callbook.toml`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table")]
pub struct Settings {
    /// Hours without a sync that came to its end.
    stale_after_hours: Option<u32>,
    /// Megabytes that must be free where the archive is.
    disk_free_mb: Option<u64>,
    webhook: Option<SecretString>,
    email: Option<EmailSettings>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
struct EmailSettings {
    server: SecretString,
    from: String,
    #[serde(default)]
    to: Vec<String>,
}

impl Settings {
    /// When something counts as wrong.
    pub fn limits(&self) -> Limits {
        let default = Limits::default();
        let hours = |hours: u32| SignedDuration::from_hours(hours.into());
        Limits {
            stale_after: self.stale_after_hours.map_or(default.stale_after, hours),
            disk_free_bytes: self.disk_free_mb.map_or(default.disk_free_bytes, |mb| mb * 1_000_000),
        }
    }

    /// Everybody who is to be told.
    pub fn channels(&self) -> Vec<Channel> {
        let webhook = self.webhook.clone().map(Channel::Webhook);
        let to = self.email.as_ref().map(|email| email.to.clone()).filter(|to| !to.is_empty());
        let email = self.mail_server().zip(to);
        let email = email.map(|(server, to)| Channel::Email(Email { server, to }));
        webhook.into_iter().chain(email).collect()
    }

    /// Where mail is handed in, reports among it.
    pub fn mail_server(&self) -> Option<MailServer> {
        let EmailSettings { server, from, .. } = self.email.clone()?;
        Some(MailServer { url: server, from })
    }
}

/// What is wrong now.
///
/// # Errors
/// When the archive cannot be read.
pub async fn look(store: &Store, settings: &Settings) -> anyhow::Result<Vec<Condition>> {
    let watched = watched(&store.registrations().await?, &store.status().await?);
    let disk = disk(store.location());
    Ok(conditions(&watched, disk.as_ref(), settings.limits(), Timestamp::now()))
}

/// Tells every channel what it does not know yet. A channel that fails is told the next time.
///
/// # Errors
/// When the archive cannot be read or written.
pub async fn tell(
    store: &Store,
    settings: &Settings,
    conditions: &[Condition],
) -> anyhow::Result<bool> {
    let mut all_told = true;
    for channel in settings.channels() {
        let key = format!("alerts {}", channel.name());
        let known = store.update_value(&key, |value| (value.clone(), value)).await?;
        let ledger: Ledger =
            known.and_then(|known| serde_json::from_str(&known).ok()).unwrap_or_default();
        let (notices, after) = ledger.notices(conditions, Timestamp::now());
        if let Err(error) = channel.deliver(&origin(store.location()), &notices).await {
            note!("warning: {}", callbook_sync::in_full(&error));
            all_told = false;
        } else if !notices.is_empty() {
            let after = serde_json::to_string(&after)?;
            store.update_value(&key, move |_| (Some(after), ())).await?;
        }
    }
    Ok(all_told)
}

/// Which archive on which machine tells.
pub fn origin(location: &Location) -> Origin {
    let archive = match location {
        Location::Sqlite(path) => {
            std::path::absolute(path).unwrap_or_else(|_| path.clone()).display().to_string()
        }
        Location::Postgres(_) => location.to_string(),
    };
    Origin { host: host(), archive }
}

fn host() -> String {
    let name = hostname::get().map(|name| name.to_string_lossy().into_owned());
    name.unwrap_or_else(|_| "this machine".to_owned())
}

/// Looks and tells. Trouble with that stops no sync.
pub async fn check(store: &Store, settings: &Settings) {
    let told = match look(store, settings).await {
        Ok(found) => tell(store, settings, &found).await.map(drop),
        Err(error) => Err(error),
    };
    if let Err(error) = told {
        note!("warning: alerts: {}", callbook_sync::in_full(error.as_ref()));
    }
}

/// The same again and again, for as long as it is awaited.
pub async fn watch(store: &Store, settings: &Settings) {
    loop {
        check(store, settings).await;
        tokio::time::sleep(EVERY).await;
    }
}

/// Registered accounts, and those of the archive that are synced without being registered.
fn watched(registrations: &[Registration], status: &Status) -> Vec<Watched> {
    let moment = |ms: i64| Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH);
    let registered = registrations.iter().filter(|each| !each.paused).map(|each| Watched {
        name: each.name.clone(),
        since: moment(each.created_ms),
        last_success: each.last_success_ms.map(moment),
        login_refused: each.login_refused,
    });
    let is_registered = |key| registrations.iter().any(|each| each.account == Some(key));
    let others = status.accounts.iter().filter(|each| !is_registered(each.account.key));
    let others = others.map(|each| Watched {
        name: each.account.id.to_string(),
        since: moment(status.created_ms),
        last_success: each.last_run.as_ref().map(|run| moment(run.finished_ms)),
        login_refused: false,
    });
    registered.chain(others).collect()
}

/// The disk of an archive in a file; of a database server, its administrator knows.
pub fn disk(location: &Location) -> Option<Disk> {
    let Location::Sqlite(path) = location else { return None };
    let folder = callbook_files::folder_of(path);
    let free_bytes = fs4::available_space(folder).ok()?;
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    Some(Disk { path: folder.display().to_string(), free_bytes })
}
