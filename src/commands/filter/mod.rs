//! Which calls are meant: the arguments of every command that goes over calls.

pub mod who;

use callbook_exchange::Source as Sources;
use callbook_model::{Key, Scope, Span, number_key};
use callbook_store::{Account, CallFilter, Extension, Store};
use clap::{Args, ValueEnum};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use self::who::find;
use super::{main_scope, open};
use crate::config::Config;
use crate::failure::Usage;
use crate::time;

/// Everything that calls can be found by.
#[derive(Debug, Args)]
pub struct Filter {
    /// The first day, or moment
    #[arg(long, value_name = "DATE")]
    from: Option<String>,
    /// The last day, or moment
    #[arg(long, value_name = "DATE")]
    to: Option<String>,
    /// A number that called or was called
    #[arg(long, value_name = "NUMBER")]
    number: Option<String>,
    /// A user's or queue's short number, name or id
    #[arg(long, value_name = "WHO")]
    extension: Option<String>,
    /// A call queue's short number, name or id
    #[arg(long, value_name = "QUEUE")]
    queue: Option<String>,
    /// The records of one call, which share this session id
    #[arg(long, value_name = "ID")]
    session: Option<String>,
    /// Inbound or outbound
    #[arg(long)]
    direction: Option<Direction>,
    /// How it ended, such as Accepted, Missed, Voicemail, Abandoned
    #[arg(long)]
    result: Option<String>,
    /// Calls with a recording
    #[arg(long)]
    recorded: bool,
    /// Calls that lasted at least so long: seconds, or 90s, 5m, 1h30m
    #[arg(long, value_name = "LENGTH")]
    min_duration: Option<String>,
    /// Also calls that were deleted upstream
    #[arg(long)]
    deleted: bool,
    /// Calls of RingCentral's log alone, or all that were imported from the admin portal
    #[arg(long)]
    source: Option<Source>,
    /// Time zone of days and times [default: this machine's]
    #[arg(long, value_name = "ZONE")]
    tz: Option<String>,
    /// The account's id or registered name, where the archive holds several
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Direction {
    Inbound,
    Outbound,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Source {
    Ringcentral,
    Portal,
}

/// Where the calls are, and which they are.
pub struct Meant {
    pub store: Store,
    pub account: Account,
    pub filter: CallFilter,
    pub sources: Sources,
    /// The zone that times are shown in.
    pub zone: TimeZone,
}

impl Filter {
    /// Opens the archive, and finds out what the words mean in it.
    pub async fn open(&self, config: &Config) -> anyhow::Result<Meant> {
        let zone = time::zone(self.tz.as_deref())?;
        let mut filter = self.filter(&zone)?;
        let (store, account) = open(config, self.account.as_deref()).await?;
        filter.scope = main_scope(&store, &account).await?;
        filter.keys = self.keys(&store, &account, filter.scope).await?;
        let sources = match self.source {
            None => Sources::All,
            Some(Source::Ringcentral) => Sources::RingCentral,
            Some(Source::Portal) => Sources::Portal,
        };
        Ok(Meant { store, account, filter, sources, zone })
    }

    /// Everything but the keys.
    fn filter(&self, zone: &TimeZone) -> anyhow::Result<CallFilter> {
        let span = time::span(self.from.as_deref(), self.to.as_deref(), zone)?;
        let mut filter = CallFilter::new(Scope::Account, span);
        filter.direction = self.direction.map(|direction| format!("{direction:?}"));
        filter.result = self.result.clone();
        filter.recorded = self.recorded.then_some(true);
        filter.min_duration_ms = self.min_duration.as_deref().map(time::length_ms).transpose()?;
        filter.deleted = self.deleted;
        Ok(filter)
    }

    async fn keys(
        &self,
        store: &Store,
        account: &Account,
        scope: Scope,
    ) -> anyhow::Result<Vec<Key>> {
        let mut keys = Vec::new();
        // The first key leads the search: no other is listed with as few calls.
        if let Some(id) = &self.session {
            keys.push(session(store, account, scope, id).await?);
        }
        if let Some(number) = &self.number {
            let key = number_key(number, account.home).ok_or_else(|| Usage {
                message: format!("'{number}' is no phone number"),
                hint: "write +16505550112, or as it is dialled at home",
            })?;
            keys.push(Key::Number(key));
        }
        if self.extension.is_none() && self.queue.is_none() {
            return Ok(keys);
        }
        let names = store.names(account.key).await?;
        let (mut extensions, mut past) =
            (names.newest(), names.ever().cloned().collect::<Vec<_>>());
        if let Some(wanted) = &self.extension {
            keys.push(Key::Extension(find(&extensions, &past, wanted, "extension")?));
        }
        if let Some(wanted) = &self.queue {
            let is_queue = |each: &Extension| each.kind.as_deref() == Some("Department");
            extensions.retain(is_queue);
            past.retain(is_queue);
            keys.push(Key::Extension(find(&extensions, &past, wanted, "queue")?));
        }
        Ok(keys)
    }
}

/// Telephony sessions join the records of a call; where none has this id, it is an older session's.
async fn session(store: &Store, account: &Account, scope: Scope, id: &str) -> anyhow::Result<Key> {
    let key = Key::TelephonySession(id.to_owned());
    let any = CallFilter { scope, keys: vec![key.clone()], deleted: true, ..everything() };
    let found = store.calls(account.key, any, None, 1).await?;
    Ok(if found.is_empty() { Key::Session(id.to_owned()) } else { key })
}

/// Every call of the company's log that was not deleted.
pub fn everything() -> CallFilter {
    CallFilter::new(Scope::Account, Span { from: Timestamp::MIN, to: Timestamp::MAX })
}
