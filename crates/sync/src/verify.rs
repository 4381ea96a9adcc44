//! Whether the archive has every call that upstream has: listed once more, compared day by day.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use callbook_model::{CallRecord, Scope, Span};
use callbook_ringcentral::{CallLogQuery, Client, View};
use callbook_store::{Account, Store};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

use crate::plan::{Listed as ListedPage, Listing};
use crate::run::load_plan;
use crate::tally::Tally;
use crate::{Error, IdSet, Progress, Shortfall};

/// A call shows up some seconds after it ended: one that ended so shortly before the last sync may have
/// been invisible to it.
const SHOWS_UP_WITHIN: SignedDuration = SignedDuration::from_mins(2);

/// How much of the archive is looked at in one go where upstream has nothing.
const DAYS_AT_ONCE: i32 = 31;

/// What upstream has of a day (UTC): ids, and how each is to be taken.
type Day = BTreeMap<String, Listed>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Listed {
    Ended,
    /// It ended when, or after, the last sync looked.
    JustEnded,
    Deleted,
}

/// One day (UTC) on which either side has a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayReport {
    /// The day.
    pub date: Date,
    /// What upstream has.
    pub upstream: IdSet,
    /// What the archive has.
    pub archive: IdSet,
    /// Ids that upstream has and the archive has not: a gap.
    pub missing: Vec<String>,
    /// How many calls the archive lacks because they ended after the last sync: no gap.
    pub not_yet: u64,
    /// How many calls the archive has and upstream has not (any more): no gap.
    pub only_in_archive: u64,
}

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyReport {
    /// What was compared.
    pub span: Span,
    /// Every day with a call, newest first.
    pub days: Vec<DayReport>,
    /// Records of upstream that cannot be read: neither here nor there.
    pub unreadable: u64,
    /// Upstream listed fewer calls than it announced: there may be some that nobody can see.
    pub shortfall: Option<Shortfall>,
    /// Requests sent.
    pub requests: u64,
}

impl VerifyReport {
    /// Nothing is known to be missing.
    pub fn is_complete(&self) -> bool {
        self.missing() == 0 && self.shortfall.is_none()
    }

    /// How many calls the archive lacks.
    pub fn missing(&self) -> u64 {
        self.days.iter().map(|day| day.missing.len() as u64).sum()
    }

    /// Calls that upstream has.
    pub fn upstream(&self) -> u64 {
        self.days.iter().map(|day| day.upstream.count).sum()
    }

    /// Calls that the archive has.
    pub fn archive(&self) -> u64 {
        self.days.iter().map(|day| day.archive.count).sum()
    }
}

/// Compares what was synced so far, as far as it lies in `wanted`, with upstream.
///
/// Memory holds the ids of the days that a page touches, and a line a day.
///
/// # Errors
/// When upstream or the archive fail, or nothing of `wanted` has been synced to its end.
pub async fn verify(
    client: &Client,
    store: &Store,
    account: &Account,
    scope: Scope,
    wanted: Span,
    per_page: u32,
    mut progress: impl FnMut(Progress),
) -> Result<VerifyReport, Error> {
    let synced = load_plan(store, account, scope).await?.unwrap_or_default();
    let covered = synced.covered().ok_or(Error::NeverSynced(account.id))?;
    if !synced.is_listed() {
        return Err(Error::Unfinished);
    }
    let span = Span::new(covered.from.max(wanted.from), covered.to.min(wanted.to))
        .ok_or(Error::NotCovered { covered })?;
    let visible_until = covered.to.saturating_sub(SHOWS_UP_WITHIN).unwrap_or(covered.to);
    let upstream = BTreeMap::new();
    let mut comparison =
        Comparison { store, account, scope, visible_until, upstream, upto: span.to };
    let (mut days, mut unreadable) = (Vec::new(), 0);
    let (mut plan, mut tally) = (Listing::of(span), Tally::default());
    let (mut records, mut total, mut sorted_so_far) = (0, None, true);
    while let Some(step) = plan.next() {
        let view = View::Simple;
        let query = CallLogQuery { scope, view, span: step.span, page: step.page, per_page };
        let page = client.call_log(&query).await?;
        let mut outcome = ListedPage::of_page(&page, per_page);
        let mut ids = HashSet::with_capacity(outcome.records);
        for json in page.records() {
            let Ok(record) = CallRecord::decode(json, account.home) else {
                unreadable += 1;
                ids.insert(json.to_owned());
                continue;
            };
            outcome.saw(step.span, &record.id, record.start_ms);
            ids.insert(record.id.clone());
            comparison.add(record);
        }
        tally.add(step, page.total, ids);
        plan.apply(&outcome)?;
        records += outcome.records as u64;
        total = total.or(page.total);
        sorted_so_far &= outcome.sorted;
        if let Some(oldest) = outcome.oldest.filter(|_| sorted_so_far) {
            // Newest first: nothing more can come of the days after this one.
            let next_day = start_of(date(oldest).saturating_add(1.day()));
            comparison.settle(next_day.max(span.from), &mut days).await?;
        }
        progress(Progress { records, total, reached: comparison.upto });
    }
    comparison.settle(span.from, &mut days).await?;
    let requests = client.traffic().requests;
    Ok(VerifyReport { span, days, unreadable, shortfall: tally.shortfall(), requests })
}

struct Comparison<'a> {
    store: &'a Store,
    account: &'a Account,
    scope: Scope,
    /// A call that ended before this had shown up when the last sync looked.
    visible_until: Timestamp,
    /// What upstream has of the days not settled yet.
    upstream: BTreeMap<Date, Day>,
    /// Everything from here on is settled.
    upto: Timestamp,
}

impl Comparison<'_> {
    fn add(&mut self, record: CallRecord) {
        let Ok(start) = Timestamp::from_millisecond(record.start_ms) else { return };
        // Pages overlap, and a list may include a call at the very end of its span.
        if start >= self.upto {
            return;
        }
        let length = SignedDuration::from_millis(record.duration_ms);
        let end = start.saturating_add(length).unwrap_or(Timestamp::MAX);
        let listed = match record.deleted {
            true => Listed::Deleted,
            false if end >= self.visible_until => Listed::JustEnded,
            false => Listed::Ended,
        };
        self.upstream.entry(date(start)).or_default().insert(record.id, listed);
    }

    /// Reports the days from `from` on.
    async fn settle(&mut self, from: Timestamp, report: &mut Vec<DayReport>) -> Result<(), Error> {
        while from < self.upto {
            let back = date(self.upto).saturating_sub(DAYS_AT_ONCE.days());
            self.settle_at_once(start_of(back).max(from), report).await?;
        }
        Ok(())
    }

    async fn settle_at_once(
        &mut self,
        from: Timestamp,
        report: &mut Vec<DayReport>,
    ) -> Result<(), Error> {
        let span = Span { from, to: self.upto };
        let mut archive: BTreeMap<Date, BTreeSet<String>> = BTreeMap::new();
        for call in self.store.listed(self.account.key, self.scope, span).await? {
            if let Ok(start) = Timestamp::from_millisecond(call.start_ms) {
                archive.entry(date(start)).or_default().insert(call.id);
            }
        }
        let upstream = self.upstream.split_off(&date(from));
        let dates: BTreeSet<Date> = upstream.keys().chain(archive.keys()).copied().collect();
        for date in dates.into_iter().rev() {
            let there = upstream.get(&date).cloned().unwrap_or_default();
            let here = archive.remove(&date).unwrap_or_default();
            report.push(compare(date, &there, &here));
        }
        self.upto = from;
        Ok(())
    }
}

fn compare(date: Date, upstream: &Day, archive: &BTreeSet<String>) -> DayReport {
    let there = || upstream.iter().filter(|(_, listed)| **listed != Listed::Deleted);
    let lacking = |wanted| {
        let of_this_kind = there().filter(move |(_, listed)| **listed == wanted);
        of_this_kind.map(|(id, _)| id).filter(|id| !archive.contains(*id))
    };
    let is_there =
        |id: &&String| upstream.get(id.as_str()).is_some_and(|listed| *listed != Listed::Deleted);
    DayReport {
        date,
        upstream: there().map(|(id, _)| id.as_str()).collect(),
        archive: archive.iter().map(String::as_str).collect(),
        missing: lacking(Listed::Ended).cloned().collect(),
        not_yet: lacking(Listed::JustEnded).count() as u64,
        only_in_archive: archive.iter().filter(|id| !is_there(id)).count() as u64,
    }
}

fn date(moment: Timestamp) -> Date {
    moment.to_zoned(TimeZone::UTC).date()
}

fn start_of(date: Date) -> Timestamp {
    date.to_zoned(TimeZone::UTC).map_or(Timestamp::MAX, |midnight| midnight.timestamp())
}
