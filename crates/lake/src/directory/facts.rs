//! What rows depend on of the directory: to find the rows that it has changed.

use std::collections::{BTreeMap, BTreeSet};

use callbook_interaction::{Company as _, ExtensionKind};
use callbook_model::ExtensionId;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::Directory;
use crate::outdated::Change;

/// All that [`callbook_interaction::derive()`] may be told by a directory. What nothing is known of is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Facts {
    /// What extensions are, and are called.
    extensions: BTreeMap<u64, Steps>,
    /// Whether they are no users.
    others: BTreeMap<u64, Steps>,
    /// Whether numbers are the company's.
    numbers: BTreeMap<String, Steps>,
    /// When queues are open; 0: the company.
    hours: BTreeMap<u64, Steps>,
    holidays: BTreeSet<Date>,
}

/// From when on (milliseconds since 1970-01-01T00:00:00Z) what is so, as a hash; [`UNKNOWN`] before the first.
type Steps = Vec<(i64, u64)>;

/// From when to when, milliseconds since 1970-01-01T00:00:00Z.
pub(crate) type Span = (i64, i64);

const UNKNOWN: u64 = 0;

const DAY_MS: i64 = 86_400_000;

impl Directory {
    pub(crate) fn facts(&self) -> Facts {
        let mut facts =
            Facts { holidays: self.holidays.iter().copied().collect(), ..Facts::default() };
        let mut moments: BTreeMap<ExtensionId, Vec<i64>> = BTreeMap::new();
        for fact in &self.people {
            let Some(extension) = fact.entry.extension else { continue };
            moments.entry(extension).or_default().push(fact.valid_from_ms);
        }
        for (extension, moments) in moments {
            let called = |at| match (self.kind(extension, at), self.name(extension, at)) {
                (None, None) => UNKNOWN,
                (kind, name) => hash(&format!("{kind:?} {}", name.unwrap_or_default())),
            };
            let other =
                |at| self.kind(extension, at).is_some_and(|kind| kind != ExtensionKind::User);
            note(&mut facts.extensions, extension.0, moments.clone(), called);
            note(&mut facts.others, extension.0, moments, |at| other(at).into());
        }
        for (number, spans) in &self.numbers {
            let moments = spans.iter().flat_map(super::Span::moments).collect();
            note(&mut facts.numbers, number.clone(), moments, |at| self.owns(number, at).into());
        }
        for (of, dated) in &self.hours {
            let moments = dated.iter().flat_map(|(span, _)| span.moments()).collect();
            let open = |at| self.week(*of, at).map_or(UNKNOWN, |week| week.hash);
            note(&mut facts.hours, *of, moments, open);
        }
        facts
    }
}

/// Notes what is so at any time, if that changes at these moments at most.
fn note<K: Ord>(
    facts: &mut BTreeMap<K, Steps>,
    of: K,
    mut moments: Vec<i64>,
    so: impl Fn(Timestamp) -> u64,
) {
    moments.push(Timestamp::MIN.as_millisecond());
    moments.sort_unstable();
    let mut steps = Steps::new();
    for ms in moments {
        let Ok(at) = Timestamp::from_millisecond(ms) else { continue };
        let (now, before) = (so(at), steps.last().map_or(UNKNOWN, |(_, before)| *before));
        if now != before {
            steps.push((ms, now));
        }
    }
    if !steps.is_empty() {
        facts.insert(of, steps);
    }
}

/// The same for ever, whatever builds this: it is kept.
pub(super) fn hash(text: &str) -> u64 {
    let [first, ..] = *Sha256::digest(text.as_bytes()).as_chunks().0 else { return UNKNOWN };
    u64::from_be_bytes(first)
}

impl Facts {
    /// What is otherwise than before, by when it is.
    pub(crate) fn since(&self, before: &Self) -> BTreeMap<Span, Change> {
        let mut changes: BTreeMap<Span, Change> = BTreeMap::new();
        for (extension, span) in differing(&self.extensions, &before.extensions) {
            changes.entry(span).or_default().extensions.push(extension.cast_signed());
        }
        for (_, span) in differing(&self.others, &before.others) {
            changes.entry(span).or_default().kinds = true;
        }
        for (number, span) in differing(&self.numbers, &before.numbers) {
            changes.entry(span).or_default().numbers.push(number.clone());
        }
        for (of, span) in differing(&self.hours, &before.hours) {
            let change = changes.entry(span).or_default();
            match of {
                0 => change.company = true,
                queue => change.queues.push(queue.cast_signed()),
            }
        }
        for day in self.holidays.symmetric_difference(&before.holidays) {
            changes.entry(anywhere(*day)).or_default().company = true;
        }
        changes
    }
}

/// What has other steps now, and from the first to the last moment at which it is otherwise.
fn differing<'a, K: Ord>(
    now: &'a BTreeMap<K, Steps>,
    before: &'a BTreeMap<K, Steps>,
) -> impl Iterator<Item = (&'a K, Span)> {
    let all: BTreeSet<&K> = now.keys().chain(before.keys()).collect();
    let steps = |of: &'a BTreeMap<K, Steps>, key: &K| of.get(key).map_or(&[][..], Vec::as_slice);
    all.into_iter().filter_map(move |key| Some((key, span(steps(now, key), steps(before, key))?)))
}

fn span(now: &[(i64, u64)], before: &[(i64, u64)]) -> Option<Span> {
    let moments: BTreeSet<i64> = now.iter().chain(before).map(|(ms, _)| *ms).collect();
    let at = |steps: &[(i64, u64)], ms| {
        let begun = steps.partition_point(|(from_ms, _)| *from_ms <= ms);
        begun.checked_sub(1).map_or(UNKNOWN, |last| steps[last].1)
    };
    let is_other = |ms: &&i64| at(now, **ms) != at(before, **ms);
    let first = moments.iter().find(is_other)?;
    let last = moments.iter().rev().find(is_other)?;
    let end = moments.range(last + 1..).next();
    Some((*first, end.copied().unwrap_or(i64::MAX)))
}

/// When it may be that day in some time zone.
fn anywhere(day: Date) -> Span {
    let midnight =
        day.to_zoned(jiff::tz::TimeZone::UTC).map_or(Timestamp::MIN, |at| at.timestamp());
    let ms = midnight.as_millisecond();
    (ms - DAY_MS, ms + 2 * DAY_MS)
}
