//! Whether the archive has every call that upstream has: listed once more, compared day by day.

use std::collections::{BTreeMap, BTreeSet};

use callbook_model::{CallRecord, Scope, Span};
use callbook_ringcentral::{CallLogQuery, Client, View};
use callbook_store::{Account, Store};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use crate::run::load_plan;
use crate::{Error, IdSet, Outcome, Plan, Progress};

/// Ids of a set of calls, by day (UTC).
type Days = BTreeMap<Date, BTreeSet<String>>;

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
    /// Ids that the archive has and upstream has not (any more): no gap.
    pub only_in_archive: Vec<String>,
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
    /// Requests sent.
    pub requests: u64,
}

impl VerifyReport {
    /// How many calls the archive lacks.
    pub fn missing(&self) -> usize {
        self.days.iter().map(|day| day.missing.len()).sum()
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

/// Compares what was synced so far, or the part of it in `wanted`, with upstream.
///
/// Memory holds the ids of the days that a page touches, and the report.
///
/// # Errors
/// When upstream or the archive fail, or nothing was synced yet.
pub async fn verify(
    client: &Client,
    store: &Store,
    account: &Account,
    wanted: impl Fn(Span) -> Option<Span>,
    per_page: u32,
    mut progress: impl FnMut(Progress),
) -> Result<VerifyReport, Error> {
    let plan = load_plan(store, account).await?;
    let covered = plan.and_then(|plan| plan.covered());
    let span = covered.and_then(wanted).ok_or(Error::NeverSynced(account.id))?;
    let mut comparison = Comparison { store, account, upstream: Days::new(), upto: span.to };
    let mut report = VerifyReport { span, days: Vec::new(), unreadable: 0, requests: 0 };
    let (mut plan, mut records, mut total) = (Plan::once(span), 0, None);
    let mut sorted_so_far = true;
    while let Some(step) = plan.next() {
        let (span, page) = (step.span, step.page);
        let (scope, view) = (Scope::Account, View::Simple);
        let page = client.call_log(&CallLogQuery { scope, view, span, page, per_page }).await?;
        let mut outcome = Outcome {
            records: page.records().len(),
            oldest: None,
            sorted: true,
            has_next: page.has_next,
        };
        for json in page.records() {
            match CallRecord::decode(json, account.home) {
                Ok(record) => comparison.add(record, &mut outcome),
                Err(_) => report.unreadable += 1,
            }
        }
        plan.apply(outcome)?;
        records += outcome.records as u64;
        total = total.or(page.total);
        sorted_so_far &= outcome.sorted;
        if let Some(oldest) = outcome.oldest.filter(|_| sorted_so_far) {
            // Newest first: nothing more can come of the days after this one.
            let next_day = start_of(date(oldest).saturating_add(1.day()));
            comparison.settle(next_day.max(report.span.from), &mut report.days).await?;
        }
        let reached = comparison.upto;
        progress(Progress { records, total, reached });
    }
    comparison.settle(report.span.from, &mut report.days).await?;
    report.requests = client.traffic().requests;
    Ok(report)
}

struct Comparison<'a> {
    store: &'a Store,
    account: &'a Account,
    /// What upstream has of the days not settled yet.
    upstream: Days,
    /// Everything from here on is settled.
    upto: Timestamp,
}

impl Comparison<'_> {
    fn add(&mut self, record: CallRecord, outcome: &mut Outcome) {
        let Ok(start) = Timestamp::from_millisecond(record.start_ms) else { return };
        outcome.sorted &= outcome.oldest.is_none_or(|oldest| start <= oldest);
        outcome.oldest = outcome.oldest.into_iter().chain([start]).min();
        // Pages overlap, and a list may include a call at the very end of its span.
        if !record.deleted && start < self.upto {
            self.upstream.entry(date(start)).or_default().insert(record.id);
        }
    }

    /// Reports the days from `from` on.
    async fn settle(&mut self, from: Timestamp, report: &mut Vec<DayReport>) -> Result<(), Error> {
        let Some(span) = Span::new(from, self.upto) else { return Ok(()) };
        let mut archive = Days::new();
        for call in self.store.listed(self.account.key, Scope::Account, span).await? {
            if let Ok(start) = Timestamp::from_millisecond(call.start_ms) {
                archive.entry(date(start)).or_default().insert(call.id);
            }
        }
        let upstream = self.upstream.split_off(&date(from));
        let dates: BTreeSet<Date> = upstream.keys().chain(archive.keys()).copied().collect();
        let none = BTreeSet::new();
        for date in dates.into_iter().rev() {
            let (there, here) =
                (upstream.get(&date).unwrap_or(&none), archive.get(&date).unwrap_or(&none));
            report.push(DayReport {
                date,
                upstream: there.iter().map(String::as_str).collect(),
                archive: here.iter().map(String::as_str).collect(),
                missing: there.difference(here).cloned().collect(),
                only_in_archive: here.difference(there).cloned().collect(),
            });
        }
        self.upto = from;
        Ok(())
    }
}

fn date(moment: Timestamp) -> Date {
    moment.to_zoned(TimeZone::UTC).date()
}

fn start_of(date: Date) -> Timestamp {
    date.to_zoned(TimeZone::UTC).map_or(Timestamp::MAX, |midnight| midnight.timestamp())
}
