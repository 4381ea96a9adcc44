//! Whether what the archive holds is what it took in, without asking upstream.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::mem::take;
use std::ops::Range;

use callbook_model::{CallRecord, Scope, content_hash};
use jiff::civil::Date;

use crate::account::scope_number;
use crate::backend::dispatch;
use crate::document::{Columns, Unpacker};
use crate::seal::{DayDigest, SCAN_PAGE, day_of, day_span_ms};
use crate::stored::{ChangeNumbers, Narrow, Orphan, Posting, StoredCall, key_text};
use crate::{
    Account, AccountKey, Cause, CheckReport, Error, Finding, FindingKind, Position, Seal, Store,
};

impl Store {
    /// Looks at every document, column, posting, version and seal of a log, and tells after each page of
    /// calls how many were seen. Nothing is changed. Memory holds a few numbers a day.
    ///
    /// Meant for an archive at rest: what is committed meanwhile may look wrong.
    ///
    /// # Errors
    /// When the archive cannot be read at all.
    pub async fn check(
        &self,
        account: AccountKey,
        scope: Scope,
        mut progress: impl FnMut(u64),
    ) -> Result<CheckReport, Error> {
        let accounts = self.accounts().await?;
        let Some(account) = accounts.into_iter().find(|each| each.key == account) else {
            return Ok(CheckReport::default());
        };
        let mut check = Check::new(self, account, scope)?;
        check.calls(&mut progress).await?;
        check.postings().await?;
        check.numbers().await?;
        check.seals().await?;
        Ok(check.report)
    }
}

/// Days whose postings are compared one by one in one go.
const DAYS_AT_ONCE: usize = 31;

/// Postings in one go.
const POSTINGS_PAGE: u32 = 10_000;

/// A day as the calls' rows say.
#[derive(Default)]
struct Day {
    /// Calls that are not deleted, and the digest, for the seal.
    digest: (i64, String),
    expected: PostingSum,
    found: PostingSum,
}

/// Postings without their order: equal sets have equal sums.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct PostingSum {
    count: u64,
    sum: u64,
}

impl PostingSum {
    fn add(&mut self, posting: &Posting) {
        let mut hasher = DefaultHasher::new();
        posting.hash(&mut hasher);
        self.count += 1;
        self.sum = self.sum.wrapping_add(hasher.finish());
    }
}

struct Check<'a> {
    store: &'a Store,
    account: Account,
    scope: Scope,
    unpacker: Unpacker,
    days: BTreeMap<Date, Day>,
    /// Calls whose document is damaged: nobody knows their postings.
    unknown: HashSet<i64>,
    report: CheckReport,
}

impl<'a> Check<'a> {
    fn new(store: &'a Store, account: Account, scope: Scope) -> Result<Self, Error> {
        let unpacker = Unpacker::new().map_err(Error::Compressor)?;
        let (days, unknown, report) = Default::default();
        Ok(Self { store, account, scope, unpacker, days, unknown, report })
    }

    /// Rows, documents, versions; sums up the days.
    async fn calls(&mut self, progress: &mut impl FnMut(u64)) -> Result<(), Error> {
        let (mut after, mut day, mut digest) = (None, None, DayDigest::default());
        loop {
            let calls = self.page(i64::MIN..i64::MAX, after).await?;
            for call in &calls {
                let began = day_of(call.row.start_ms);
                if let Some(ended) = day.replace(began).filter(|before| *before != began) {
                    self.days.entry(ended).or_default().digest = take(&mut digest).finish();
                }
                digest.add(call);
                self.call(call);
            }
            let Some(last) = calls.last() else { break };
            after = Some(Position { start_ms: last.row.start_ms, call: last.call });
            progress(self.report.calls);
        }
        if let Some(day) = day {
            self.days.entry(day).or_default().digest = digest.finish();
        }
        Ok(())
    }

    async fn page(
        &self,
        span_ms: Range<i64>,
        after: Option<Position>,
    ) -> Result<Vec<StoredCall>, Error> {
        dispatch!(self.store, scan(self.account.key, self.scope, span_ms, after, SCAN_PAGE))
    }

    fn call(&mut self, call: &StoredCall) {
        self.report.calls += 1;
        self.report.versions += call.versions.len() as u64;
        let mut find = Vec::new();
        if !call.whole {
            find.push((FindingKind::Chain, "a version is missing".to_owned()));
        }
        for (newer, version) in call.versions.iter().zip(call.versions.iter().skip(1)) {
            if self.record(&version.columns).is_some() {
                continue;
            }
            if newer.cause == Cause::Repaired {
                // What could be done was done; damage done later breaks the seal of the day.
                self.report.replaced += 1;
            } else {
                let what = format!("the document of change {} cannot be read", version.seq);
                find.push((FindingKind::Document, what));
            }
        }
        match self.newest(call) {
            None => {
                self.unknown.insert(call.call);
                if !call.versions.is_empty() {
                    find.push((FindingKind::Document, "the document cannot be read".to_owned()));
                }
            }
            Some((json, record, cause)) => {
                if content_hash(&json).0[..] != call.hash[..] {
                    let what = "the document is not the one that was received".to_owned();
                    find.push((FindingKind::Hash, what));
                }
                for posting in postings_of(&record, call.call) {
                    self.days.entry(day_of(posting.start_ms)).or_default().expected.add(&posting);
                }
                if Narrow::of(record, cause).without_nul() != call.row.clone().without_nul() {
                    let what = "the columns are not what the document says".to_owned();
                    find.push((FindingKind::Columns, what));
                }
            }
        }
        let day = day_of(call.row.start_ms);
        find.into_iter()
            .for_each(|(kind, what)| self.found(kind, Some(day), Some(&call.row.id), what));
    }

    /// The newest document of a call, if it can be read.
    fn newest(&mut self, call: &StoredCall) -> Option<(String, CallRecord, Cause)> {
        let newest = call.versions.first()?;
        let (json, record) = self.record(&newest.columns)?;
        Some((json, record, newest.cause))
    }

    /// A document, if it can be read.
    fn record(&mut self, columns: &Columns) -> Option<(String, CallRecord)> {
        let json = self.unpacker.whole(columns)?;
        let record = CallRecord::decode(&json, self.account.home).ok()?;
        Some((json, record))
    }

    /// Compares each day's postings with what the documents say.
    async fn postings(&mut self) -> Result<(), Error> {
        let mut after = None;
        loop {
            let page = self.posting_page(after).await?;
            for posting in page.iter().filter(|posting| !self.unknown.contains(&posting.call)) {
                self.days.entry(day_of(posting.start_ms)).or_default().found.add(posting);
            }
            let Some(last) = page.into_iter().next_back() else { break };
            after = Some(last);
        }
        let differ = self.days.iter().filter(|(_, day)| day.expected != day.found);
        let days: Vec<Date> = differ.map(|(day, _)| *day).collect();
        for days in days.chunks(DAYS_AT_ONCE) {
            self.compare_postings(days).await?;
        }
        Ok(())
    }

    async fn posting_page(&self, after: Option<Posting>) -> Result<Vec<Posting>, Error> {
        let Self { store, account, scope, .. } = self;
        dispatch!(store, postings(account.key, *scope, after, POSTINGS_PAGE))
    }

    /// Finds the calls whose postings differ, on days that are known to have such.
    async fn compare_postings(&mut self, days: &[Date]) -> Result<(), Error> {
        let (mut found, mut after) = (BTreeSet::new(), None);
        loop {
            let page = self.posting_page(after).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.clone());
            let here = |posting: &Posting| days.contains(&day_of(posting.start_ms));
            found.extend(page.into_iter().filter(here));
        }
        // A call may have been moved by damage: all have to be asked what they should be found by.
        let (mut after, mut wrong) = (None, Vec::new());
        loop {
            let calls = self.page(i64::MIN..i64::MAX, after).await?;
            let Some(last) = calls.last() else { break };
            after = Some(Position { start_ms: last.row.start_ms, call: last.call });
            for call in &calls {
                let expected: BTreeSet<Posting> = match self.newest(call) {
                    Some((_, record, _)) => postings_of(&record, call.call).collect(),
                    None => continue,
                };
                let missing = expected.iter().filter(|posting| {
                    days.contains(&day_of(posting.start_ms)) && !found.remove(*posting)
                });
                let missing = missing.count();
                if missing > 0 {
                    wrong.push((call.row.start_ms, call.row.id.clone(), missing));
                }
            }
        }
        for (start_ms, id, missing) in wrong {
            let what = format!("it is not found by {missing} of its keys");
            self.found(FindingKind::Postings, Some(day_of(start_ms)), Some(&id), what);
        }
        found.retain(|posting| !self.unknown.contains(&posting.call));
        for Posting { key, start_ms, call } in found {
            let what = format!("call number {call} is found by {key}, which it does not have");
            self.found(FindingKind::Postings, Some(day_of(start_ms)), None, what);
        }
        Ok(())
    }

    /// Change numbers of the whole account, and versions that no call leads to.
    async fn numbers(&mut self) -> Result<(), Error> {
        let account = self.account.key;
        let ChangeNumbers { newest, versions, gaps, purged, .. } =
            dispatch!(self.store, change_numbers(account))?;
        if versions + purged != newest {
            let what = format!("{versions} versions and {purged} purged ones of {newest}");
            self.found(FindingKind::Numbers, None, None, what);
            // After a purge nobody knows which of the gaps are its.
            for (first, last) in gaps.into_iter().filter(|_| purged == 0) {
                let what = format!("no version has the change numbers {first} to {last}");
                self.found(FindingKind::Numbers, None, None, what);
            }
        }
        for Orphan { seq, columns } in dispatch!(self.store, orphans(account))? {
            let what = format!("change {seq} leads to no call");
            let record = self.record(&columns);
            let (day, id) = record.map(|(_, record)| (day_of(record.start_ms), record.id)).unzip();
            self.found(FindingKind::Chain, day, id.as_deref(), what);
        }
        Ok(())
    }

    async fn seals(&mut self) -> Result<(), Error> {
        let (account, scope) = (self.account.key, self.scope);
        let seals = self.store.seals(account, scope).await?;
        let log = (self.account.id, scope_number(scope));
        let mut last = None;
        for seal in &seals {
            let unchained = Seal { number: 0, ..seal.clone() };
            if unchained.chained(log, last) != *seal {
                let what = format!("entry {} does not continue the chain", seal.number);
                self.found(FindingKind::SealChain, Some(seal.day), None, what);
            }
            last = Some(seal);
        }
        let stale: HashSet<Date> =
            self.store.stale_seals(account, scope).await?.into_iter().collect();
        let purged = dispatch!(self.store, change_numbers(account))?.purged_before_ms;
        let newest: BTreeMap<Date, &Seal> = seals.iter().map(|seal| (seal.day, seal)).collect();
        for (day, seal) in newest {
            if stale.contains(&day) {
                self.report.stale += 1;
            } else if purged.is_some_and(|before_ms| day_span_ms(day).start < before_ms) {
                self.report.purged += 1;
            } else {
                self.sealed(seal);
            }
        }
        Ok(())
    }

    fn sealed(&mut self, seal: &Seal) {
        self.report.seals += 1;
        let day = self.days.get(&seal.day).map(|day| day.digest.clone());
        let (calls, digest) = day
            .filter(|(_, digest)| !digest.is_empty())
            .unwrap_or_else(|| DayDigest::default().finish());
        if (calls, digest) != (seal.calls, seal.digest.clone()) {
            let what = format!("{calls} calls, sealed were {}", seal.calls);
            let what = if calls == seal.calls {
                "a call or version is not as it was sealed".to_owned()
            } else {
                what
            };
            self.found(FindingKind::Seal, Some(seal.day), None, what);
        }
    }

    fn found(&mut self, kind: FindingKind, day: Option<Date>, id: Option<&str>, what: String) {
        let id = id.map(str::to_owned);
        self.report.findings.push(Finding { kind, day, id, what });
    }
}

/// Everything that a call should be found by.
fn postings_of(record: &CallRecord, call: i64) -> impl Iterator<Item = Posting> {
    let start_ms = record.start_ms;
    record.keys.iter().map(move |key| {
        let key = key_text(&key.to_string()).into_owned();
        Posting { key, start_ms, call }
    })
}
