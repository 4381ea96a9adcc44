//! Recordings beside the archive: settings, and fetching them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use callbook_recordings::{
    Fetched, Fetching, Forecast, Keeping, Outlook, Place, delete_doomed, fetch_recordings, forecast,
};
use callbook_ringcentral::{Client, Connection, MediaHost};
use callbook_store::{
    Account, AccountStatus, Error as StoreError, Location, RecordingHour, RecordingQuery, Store,
};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use crate::commands::sync::signed_in;
use crate::config::Config;
use crate::credentials;
use crate::failure::Usage;
use crate::output;

/// `[recordings]` of `callbook.toml`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table")]
pub struct Settings {
    /// A folder, or s3://BUCKET/PREFIX and the like.
    pub store: Option<String>,
    /// A folder for those on their way.
    pub spool: Option<PathBuf>,
    /// Upstream keeps them so long, in days.
    days: Option<u32>,
    /// Upstream keeps so many automatic ones of an account.
    cap: Option<u64>,
    media_hosts: Vec<String>,
    /// Env files of further users of the account.
    pub users: Vec<PathBuf>,
}

impl Settings {
    /// What upstream keeps.
    pub fn keeping(&self) -> Keeping {
        let usual = Keeping::default();
        Keeping { days: self.days.unwrap_or(usual.days), cap: self.cap.unwrap_or(usual.cap) }
    }

    /// Hosts besides the server's that the token may go to.
    ///
    /// # Errors
    /// When one is none.
    pub fn media_hosts(&self) -> anyhow::Result<Vec<MediaHost>> {
        Ok(self.media_hosts.iter().map(|host| host.parse()).collect::<Result<_, _>>()?)
    }
}

/// Rows read at a time.
const COPIED_AT_ONCE: u32 = 500;

/// Where the recordings of an archive at this path are kept, unless somebody says otherwise.
fn beside(path: &Path) -> String {
    path.with_extension("recordings").display().to_string()
}

/// Where an archive's recordings are kept.
///
/// # Errors
/// When there is no such place.
pub fn place(config: &Config, store: &Store) -> anyhow::Result<Place> {
    let Some(place) = named_place(config, store.location()) else {
        let message = "nobody has said where recordings are kept".to_owned();
        let hint = "set CALLBOOK_RECORDINGS to a folder or s3://BUCKET/PREFIX";
        return Err(Usage { message, hint }.into());
    };
    Ok(Place::open(&place, config.variables())?)
}

/// The setting, or else the folder beside an archive in a file.
fn named_place(config: &Config, location: &Location) -> Option<String> {
    config.recordings_store().or_else(|| match location {
        Location::Sqlite(path) => Some(beside(path)),
        Location::Postgres(_) => None,
    })
}

/// The same for people, without opening it.
pub fn place_name(config: &Config, store: &Store) -> String {
    named_place(config, store.location()).unwrap_or_else(|| "a folder or bucket".to_owned())
}

/// How many recordings of these accounts are kept, and their length in bytes.
///
/// # Errors
/// When the archive cannot be read.
pub async fn kept_of(store: &Store, accounts: &[AccountStatus]) -> Result<(u64, u64), StoreError> {
    let (mut count, mut bytes) = (0, 0);
    for AccountStatus { account, .. } in accounts {
        for hour in store.recording_hours(account.key, i64::MIN).await? {
            count += hour.kept.unsigned_abs();
            bytes += hour.kept_bytes.unsigned_abs();
        }
    }
    Ok((count, bytes))
}

/// A folder for recordings on their way.
fn spool(config: &Config, store: &Store) -> anyhow::Result<PathBuf> {
    match (config.recordings_spool(), store.location()) {
        (Some(folder), _) => Ok(folder),
        (None, Location::Sqlite(path)) => Ok(path.with_extension("spool")),
        (None, Location::Postgres(_)) => {
            let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
            let home = || std::env::home_dir().map(|home| home.join(".cache"));
            let cache = cache.or_else(home).context("there is no home folder for a spool")?;
            Ok(cache.join("callbook").join("spool"))
        }
    }
}

/// What fetches the recordings of an account, again and again.
pub struct Fetcher {
    store: Store,
    config: Arc<Config>,
    /// Users of the account, the one who syncs its calls first.
    users: Vec<Connection>,
}

impl Fetcher {
    /// Of the account that the settings sign in to, with the further users that they name.
    ///
    /// # Errors
    /// When the credentials of one cannot be had.
    pub fn of_settings(
        store: &Store,
        config: &Arc<Config>,
        connection: Connection,
    ) -> anyhow::Result<Self> {
        let mut fetcher = Self::new(store, config, connection);
        let server_url = fetcher.users[0].server_url.to_string();
        for user in config.recording_users() {
            let variables = credentials::read_env_file(&user)?;
            let user = credentials::connection(&variables, &server_url, &config.logins()?)?;
            fetcher.users.push(user);
        }
        Ok(fetcher)
    }

    /// Of any account, by one user of it.
    pub fn new(store: &Store, config: &Arc<Config>, connection: Connection) -> Self {
        Self { store: store.clone(), config: Arc::clone(config), users: vec![connection] }
    }

    /// Fetches what is wanted by now, if recordings of the account are kept; `None` if they are not. What was erased
    /// goes from their place as well.
    ///
    /// # Errors
    /// When they cannot be fetched or put away. What was kept stays.
    pub async fn fetch(
        &self,
        account_id: u64,
        progress: impl Fn(&Fetched),
    ) -> anyhow::Result<Option<Fetched>> {
        let accounts = self.store.accounts().await?;
        let Some(account) = accounts.iter().find(|account| account.id.0 == account_id) else {
            return Ok(None);
        };
        if !self.store.recording_feed(account.key).await?.enabled {
            self.store.find_recordings(account.key).await?;
            delete_erased(&self.config, &self.store).await?;
            return Ok(None);
        }
        let (place, spool) = (place(&self.config, &self.store)?, spool(&self.config, &self.store)?);
        let fetching = Fetching {
            store: &self.store,
            account,
            clients: &self.clients()?,
            place: &place,
            spool: &spool,
            keeping: self.config.recordings().keeping(),
        };
        Ok(Some(fetch_recordings(&fetching, progress).await?))
    }

    fn clients(&self) -> anyhow::Result<Vec<Client>> {
        let hosts = self.config.recordings().media_hosts()?;
        let client =
            |user: &Connection| Ok(signed_in(user.clone(), &self.store)?.allowing(hosts.clone())?);
        self.users.iter().map(client).collect()
    }
}

/// Deletes the recordings of calls that were erased.
///
/// # Errors
/// When the place does not let us.
pub async fn delete_erased(config: &Config, store: &Store) -> anyhow::Result<()> {
    if store.doomed_objects(1).await?.is_empty() {
        return Ok(());
    }
    Ok(delete_doomed(store, &place(config, store)?).await?)
}

/// Copies an account's recordings to where an archive at this path has its own; how many.
///
/// # Errors
/// When one cannot be read or written.
pub async fn copy_beside(
    config: &Config,
    store: &Store,
    account: &Account,
    path: &Path,
) -> anyhow::Result<u64> {
    let (mut copied, mut after) = (0, String::new());
    loop {
        let query = RecordingQuery::Kept(after, COPIED_AT_ONCE);
        let rows = store.recordings(account.key, query).await?;
        let Some(last) = rows.last() else { return Ok(copied) };
        after = last.id.clone();
        let (from, to) = (place(config, store)?, Place::open(&beside(path), [])?);
        for object in rows.iter().filter_map(|row| row.object.as_deref()) {
            copied += u64::from(from.copy_to(&to, object).await?);
        }
    }
}

/// Where it is kept how many recordings were wrong when they were last verified.
fn audit_key(account: &Account) -> String {
    format!("recordings verified {} {}", account.id, account.server_url)
}

/// Keeps for `callbook status` how many recordings were not as they were kept.
///
/// # Errors
/// When the archive cannot be written.
pub async fn note_audit(store: &Store, account: &Account, wrong: u64) -> Result<(), StoreError> {
    let wrong = (wrong > 0).then(|| wrong.to_string());
    store.update_value(&audit_key(account), move |_| (wrong, ())).await
}

/// How many were not when they were last verified.
async fn last_audit(store: &Store, account: &Account) -> Result<u64, StoreError> {
    let key = audit_key(account);
    let kept = store.values(&key).await?.into_iter().find(|(found, _)| *found == key);
    Ok(kept.and_then(|(_, wrong)| wrong.parse().ok()).unwrap_or(0))
}

/// What a run did, in words.
pub fn sentence(fetched: &Fetched) -> String {
    let Fetched { kept, bytes, lost, later } = *fetched;
    let mut text = match kept {
        0 => "no recording fetched".to_owned(),
        kept => format!("{} fetched, {}", output::counted(kept, "recording"), output::bytes(bytes)),
    };
    if lost > 0 {
        text += &format!("; {} lost: upstream does not have them any more", output::grouped(lost));
    }
    if later > 0 {
        text += &format!("; {} put off", output::grouped(later));
    }
    text
}

/// How an account's recordings stand.
pub struct Standing {
    /// Syncs fetch them.
    pub enabled: bool,
    /// By the hour of their starts, in order.
    pub hours: Vec<RecordingHour>,
    /// Voicemails, faxes and other messages that calls name, by kind; none of them is archived.
    pub messages: Vec<(String, i64)>,
    /// Those that were not as they were kept when `recordings verify` last looked.
    pub wrong: u64,
    /// `None` before upstream has said how much it gives.
    pub forecast: Option<Forecast>,
}

/// Looks at what hangs on an account's calls.
///
/// # Errors
/// When the archive cannot be read or written.
pub async fn standing(
    store: &Store,
    account: &Account,
    keeping: Keeping,
) -> anyhow::Result<Standing> {
    let feed = store.recording_feed(account.key).await?;
    let hours = store.recording_hours(account.key, i64::MIN).await?;
    let messages = store.message_counts(account.key).await?;
    let now = Timestamp::now();
    let from = now - SignedDuration::from_hours(24 * (i64::from(keeping.days) + 1));
    let recent = hours.partition_point(|hour| hour.hour * 3_600_000 < from.as_millisecond());
    let outlook = Outlook { keeping, hours: &hours[recent..], now_ms: now.as_millisecond() };
    let forecast = feed.capacity_a_day.map(|a_day| forecast(&outlook, a_day as f64));
    let wrong = last_audit(store, account).await?;
    Ok(Standing { enabled: feed.enabled, hours, messages, wrong, forecast })
}

impl Standing {
    /// How many are wanted, kept and lost, and the length of those that are kept.
    pub fn sums(&self) -> RecordingHour {
        self.hours.iter().fold(RecordingHour::default(), |sum, hour| RecordingHour {
            wanted: sum.wanted + hour.wanted,
            kept: sum.kept + hour.kept,
            lost: sum.lost + hour.lost,
            kept_bytes: sum.kept_bytes + hour.kept_bytes,
            ..sum
        })
    }
}

/// What is to be expected, in words.
pub fn outlook(forecast: &Forecast, zone: &jiff::tz::TimeZone) -> String {
    let number = |count: f64| output::grouped(count.round() as u64);
    let (arrivals, capacity) = (number(forecast.arrivals_a_day), number(forecast.capacity_a_day));
    let loss = match forecast.first_loss_ms {
        None => "none is lost at this rate".to_owned(),
        Some(at_ms) => {
            let users = forecast
                .users_needed(1)
                .map_or(String::new(), |users| format!("; {users} times as many users are needed"));
            let lost = number(forecast.lost_in_30_days);
            format!(
                "the first is lost {}, {lost} within 30 days{users}",
                crate::time::minute(at_ms, zone)
            )
        }
    };
    format!("{arrivals} arrive a day, {capacity} can be fetched: {loss}")
}

/// What is to be expected, for programs.
pub fn as_json(forecast: &Forecast) -> serde_json::Value {
    let first_loss = forecast.first_loss_ms.and_then(|ms| Timestamp::from_millisecond(ms).ok());
    serde_json::json!({
        "arrivals_a_day": forecast.arrivals_a_day.round(),
        "capacity_a_day": forecast.capacity_a_day.round(),
        "first_loss": first_loss,
        "lost_in_30_days": forecast.lost_in_30_days.round(),
    })
}
