//! The company's directory with its dates, as rows are derived by it.

use std::borrow::Cow;
use std::collections::HashMap;

use callbook_interaction::{Company, ExtensionKind, Hours};
use callbook_model::{DirectoryKind, ExtensionId, Region};
use callbook_store::{Account, Fact, Names, Store};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::Error;

mod facts;

pub(crate) use facts::{Facts, Span as FactSpan};

/// Everything that the directory ever said.
#[derive(Debug)]
pub(crate) struct Directory {
    home: Region,
    names: Names,
    numbers: HashMap<String, Vec<Span>>,
    /// By the extension whose hours they are; 0: the company's.
    hours: HashMap<u64, Vec<(Span, Week)>>,
    holidays: Vec<Date>,
    pub(crate) people: Vec<Fact>,
    pub(crate) queues: Vec<Fact>,
    pub(crate) members: Vec<Fact>,
    pub(crate) sites: Vec<Fact>,
}

/// From when to when, milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy)]
struct Span {
    from_ms: i64,
    to_ms: Option<i64>,
}

/// Hours, without the holidays in them as a hash.
#[derive(Debug)]
struct Week {
    hours: Hours,
    hash: u64,
}

impl Directory {
    /// # Errors
    /// When the archive cannot be read.
    pub(crate) async fn read(
        store: &Store,
        account: &Account,
        holidays: &[Date],
    ) -> Result<Self, Error> {
        let facts = |kind| store.directory_history(account.key, kind);
        let people = facts(DirectoryKind::Extension).await?;
        let zones = Zones::of(&facts(DirectoryKind::Account).await?, &people);
        let mut numbers: HashMap<String, Vec<Span>> = HashMap::new();
        for fact in facts(DirectoryKind::Number).await? {
            let Some(number) = fact.entry.number.clone() else { continue };
            numbers.entry(number).or_default().push(Span::of(&fact));
        }
        let mut hours: HashMap<u64, Vec<(Span, Week)>> = HashMap::new();
        for fact in facts(DirectoryKind::Hours).await? {
            let read = Hours::read(&fact.entry.json, zones.of_extension(fact.part));
            let Some(read) = read else { continue };
            let hash = facts::hash(&format!("{read:?}"));
            let week = Week { hours: read.closed_on(holidays.iter().copied()), hash };
            hours.entry(fact.part).or_default().push((Span::of(&fact), week));
        }
        Ok(Self {
            home: account.home,
            names: store.names(account.key).await?,
            numbers,
            hours,
            holidays: holidays.to_vec(),
            people,
            queues: facts(DirectoryKind::Queue).await?,
            members: facts(DirectoryKind::Member).await?,
            sites: facts(DirectoryKind::Site).await?,
        })
    }

    fn week(&self, of: u64, at: Timestamp) -> Option<&Week> {
        at_moment(self.hours.get(&of)?.iter().map(|(span, week)| (*span, week)), at)
    }
}

impl Company for Directory {
    fn home(&self) -> Region {
        self.home
    }

    fn kind(&self, extension: ExtensionId, at: Timestamp) -> Option<ExtensionKind> {
        let known = self.names.at(extension, at.as_millisecond())?;
        known.kind.as_deref().map(ExtensionKind::of)
    }

    fn name(&self, extension: ExtensionId, at: Timestamp) -> Option<&str> {
        self.names.at(extension, at.as_millisecond())?.name.as_deref()
    }

    fn owns(&self, number: &str, at: Timestamp) -> bool {
        let spans = self.numbers.get(number).map_or(&[][..], Vec::as_slice);
        at_moment(spans.iter().map(|span| (*span, ())), at).is_some()
    }

    fn hours(&self, queue: Option<ExtensionId>, at: Timestamp) -> Option<&Hours> {
        self.week(queue.map_or(0, |queue| queue.0), at).map(|week| &week.hours)
    }
}

/// What was so at a moment. What was never seen so early counts as it was seen first.
fn at_moment<T>(dated: impl Iterator<Item = (Span, T)>, at: Timestamp) -> Option<T> {
    let ms = at.as_millisecond();
    let mut first = None;
    for (span, what) in dated {
        if span.from_ms <= ms && span.to_ms.is_none_or(|to| ms < to) {
            return Some(what);
        }
        if first.as_ref().is_none_or(|(from_ms, _)| span.from_ms < *from_ms) {
            first = Some((span.from_ms, what));
        }
    }
    first.filter(|(from_ms, _)| ms < *from_ms).map(|(_, what)| what)
}

/// Time zones, as last seen.
struct Zones {
    company: TimeZone,
    by_extension: HashMap<u64, TimeZone>,
}

impl Zones {
    fn of(accounts: &[Fact], people: &[Fact]) -> Self {
        let company = accounts.last().and_then(|fact| zone(&fact.entry.json));
        let by_extension = people
            .iter()
            .filter_map(|fact| Some((fact.entry.extension?.0, zone(&fact.entry.json)?)));
        Self { company: company.unwrap_or(TimeZone::UTC), by_extension: by_extension.collect() }
    }

    fn of_extension(&self, part: u64) -> TimeZone {
        self.by_extension.get(&part).unwrap_or(&self.company).clone()
    }
}

/// Of an entry that has `regionalSettings`, what is read here.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Located<'a> {
    #[serde(borrow)]
    regional_settings: Regional<'a>,
}

#[derive(Deserialize)]
struct Regional<'a> {
    #[serde(borrow)]
    timezone: Named<'a>,
}

#[derive(Deserialize)]
struct Named<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
}

/// The name of the time zone that an entry's regional settings tell.
pub(crate) fn zone_name(json: &str) -> Option<Cow<'_, str>> {
    let located: Located<'_> = serde_json::from_str(json).ok()?;
    Some(located.regional_settings.timezone.name)
}

fn zone(json: &str) -> Option<TimeZone> {
    TimeZone::get(&zone_name(json)?).ok()
}

impl Span {
    fn of(fact: &Fact) -> Self {
        Self { from_ms: fact.valid_from_ms, to_ms: fact.valid_to_ms }
    }

    /// At which something begins or ends to be so.
    fn moments(&self) -> impl Iterator<Item = i64> + use<> {
        std::iter::once(self.from_ms).chain(self.to_ms)
    }
}
