//! What a channel was told, so that it is not told again and again.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Condition, Kind};

/// What lasts is told again after so long.
const AGAIN_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// What one channel knows: every condition that it was told of and that has not passed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    told: BTreeMap<String, Told>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Told {
    kind: Kind,
    subject: String,
    /// When it began, as far as we know.
    since: Timestamp,
    last: Timestamp,
}

/// What a notice says of a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It is new.
    Began,
    /// It goes on.
    Lasts,
    /// It has passed.
    Passed,
}

/// Something to tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// What happened to the condition.
    pub change: Change,
    /// Its kind.
    pub kind: Kind,
    /// Which account, or which disk.
    pub subject: String,
    /// One sentence.
    pub message: String,
    /// Since when the channel knows of it.
    pub since: Timestamp,
}

impl Ledger {
    /// What to tell at `now`, and the ledger once it was told.
    pub fn notices(&self, conditions: &[Condition], now: Timestamp) -> (Vec<Notice>, Self) {
        let mut notices = Vec::new();
        let mut told = BTreeMap::new();
        for condition in conditions {
            let key = key(condition.kind, &condition.subject);
            let before = self.told.get(&key);
            let since = before.map_or(now, |before| before.since);
            let change = match before {
                None => Some(Change::Began),
                Some(before) if now.duration_since(before.last) >= AGAIN_AFTER => {
                    Some(Change::Lasts)
                }
                Some(_) => None,
            };
            let Condition { kind, subject, message } = condition.clone();
            let last = if change.is_some() { now } else { before.map_or(now, |told| told.last) };
            told.insert(key, Told { kind, subject: subject.clone(), since, last });
            notices.extend(change.map(|change| Notice { change, kind, subject, message, since }));
        }
        let passed = self.told.iter().filter(|(key, _)| !told.contains_key(*key));
        notices.extend(passed.map(|(_, Told { kind, subject, since, .. })| Notice {
            change: Change::Passed,
            kind: *kind,
            subject: subject.clone(),
            message: passed_message(*kind, subject),
            since: *since,
        }));
        (notices, Self { told })
    }
}

fn key(kind: Kind, subject: &str) -> String {
    format!("{kind:?} {subject}")
}

fn passed_message(kind: Kind, subject: &str) -> String {
    match kind {
        Kind::Stale => format!("{subject} is current again"),
        Kind::LoginRefused => format!("the sign-in of {subject} works again"),
        Kind::DiskLow => format!("there is room again at {subject}"),
        Kind::Threshold => format!("{subject} is as it should be"),
        Kind::Test => format!("the test of {subject} is over"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn condition(subject: &str) -> Condition {
        let message = "something".to_owned();
        Condition { kind: Kind::Stale, subject: subject.to_owned(), message }
    }

    fn hours(hours: i64) -> Timestamp {
        Timestamp::from_second(hours * 3600).unwrap()
    }

    #[test]
    fn what_lasts_is_told_once_a_day_and_what_passed_once() {
        let mut ledger = Ledger::default();
        let mut tell = |conditions: &[Condition], hour| {
            let (notices, after) = ledger.notices(conditions, hours(hour));
            ledger = after;
            notices.into_iter().map(|notice| (notice.change, notice.since)).collect::<Vec<_>>()
        };
        assert_eq!(tell(&[condition("a")], 1), [(Change::Began, hours(1))]);
        assert_eq!(tell(&[condition("a")], 20), []);
        assert_eq!(tell(&[condition("a")], 25), [(Change::Lasts, hours(1))]);
        assert_eq!(tell(&[condition("a")], 26), []);
        assert_eq!(tell(&[], 27), [(Change::Passed, hours(1))]);
        assert_eq!(tell(&[], 28), []);
    }

    proptest! {
        /// Whatever comes and goes, began and passed alternate for each subject.
        #[test]
        fn began_and_passed_alternate(days in prop::collection::vec(prop::collection::vec(any::<bool>(), 3), 1..40)) {
            let mut ledger = Ledger::default();
            let mut open = [false; 3];
            for (hour, present) in (0i64..).zip(&days) {
                let names = ["a", "b", "c"];
                let there = names.iter().zip(present).filter(|(_, there)| **there);
                let conditions: Vec<_> = there.map(|(name, _)| condition(name)).collect();
                let (notices, after) = ledger.notices(&conditions, hours(hour));
                ledger = after;
                for notice in notices {
                    let place = names.iter().position(|name| *name == notice.subject).unwrap();
                    match notice.change {
                        Change::Began => prop_assert!(!std::mem::replace(&mut open[place], true)),
                        Change::Passed => prop_assert!(std::mem::replace(&mut open[place], false)),
                        Change::Lasts => prop_assert!(open[place]),
                    }
                }
                prop_assert_eq!(&open[..], &present[..]);
            }
        }
    }
}
