//! What became of a delivery or a threshold, and what is to be done now.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Entry, Outcome, Schedule, Told};

/// So many entries are kept of each.
const LOGGED: usize = 100;

/// From the first failure to the next try; twice as long after each.
const FIRST_WAIT: SignedDuration = SignedDuration::from_mins(1);

/// At most.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(1);

/// What is known of one delivery or threshold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// What was due up to then has been dealt with.
    pub done: Timestamp,
    /// What has begun and not come to its end.
    pub attempt: Option<Attempt>,
    /// What is due before then is left out.
    pub paused_until: Option<Timestamp>,
    /// Of a threshold: what each channel knows.
    #[serde(default)]
    pub told: BTreeMap<String, Told>,
    /// The newest last.
    pub log: Vec<Entry>,
}

/// Something that has begun and not come to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// When it was due.
    pub due: Timestamp,
    /// How often it has begun.
    pub tries: u32,
    /// When it may begin again.
    pub next: Timestamp,
    /// Who has it already.
    pub to: Vec<String>,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// It is due, since then.
    Due(Timestamp),
    /// It was due then, and paused.
    Skipped(Timestamp),
}

impl Record {
    /// Of something new: what was due before it was there is not made up for.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self {
            done: now,
            attempt: None,
            paused_until: None,
            told: BTreeMap::new(),
            log: Vec::new(),
        }
    }

    /// What is to be done now. Of all that was missed while nobody looked only the newest is made up for.
    #[must_use]
    pub fn turn(&self, schedule: &Schedule, now: Timestamp) -> Option<Turn> {
        let due = schedule.newest(now).filter(|due| *due > self.done)?;
        if self.paused_until.is_some_and(|until| due < until) {
            return Some(Turn::Skipped(due));
        }
        let waits = self.attempt.as_ref().is_some_and(|each| each.due == due && now < each.next);
        (!waits).then_some(Turn::Due(due))
    }

    /// Begins, or begins again. To be kept before anything is sent: who dies in between has tried once. A first try
    /// that broke off is repeated at once, later ones after a while, so that what kills us is not done all the time.
    pub fn begin(&mut self, due: Timestamp, now: Timestamp) -> &Attempt {
        let before = self.attempt.take().filter(|before| before.due == due);
        let tries = before.as_ref().map_or(0, |before| before.tries) + 1;
        let next = if tries == 1 { now } else { after(now, tries - 1) };
        let to = before.map_or_else(Vec::new, |before| before.to);
        self.attempt.insert(Attempt { due, tries, next, to })
    }

    /// Somebody has it, who need not get it again.
    pub fn reached(&mut self, due: Timestamp, who: &str) {
        if let Some(attempt) = self.attempt.as_mut().filter(|each| each.due == due) {
            attempt.to.push(who.to_owned());
        }
    }

    /// It did not reach everybody, and is tried again after a while.
    pub fn failed(&mut self, due: Timestamp, what: &str, error: String, now: Timestamp) {
        let Some(attempt) = self.attempt.as_mut().filter(|each| each.due == due) else { return };
        attempt.next = after(now, attempt.tries);
        let (to, tries) = (attempt.to.clone(), attempt.tries);
        let (what, error, due) = (what.to_owned(), Some(error), Some(due));
        self.note(Entry { at: now, due, outcome: Outcome::Failed, to, what, error, tries });
    }

    /// It has come to its end, with something to be noted or without.
    pub fn finished(&mut self, due: Timestamp, entry: Option<Entry>) {
        self.done = self.done.max(due);
        self.attempt.take_if(|attempt| attempt.due <= due);
        if let Some(entry) = entry {
            self.note(entry);
        }
    }

    /// Adds to the log. Of one moment the log has what became of it in the end.
    pub fn note(&mut self, entry: Entry) {
        let same = |last: &mut Entry| last.due.is_some() && last.due == entry.due;
        self.log.pop_if(same);
        self.log.push(entry);
        let over = self.log.len().saturating_sub(LOGGED);
        self.log.drain(..over);
    }

    /// When it may be tried again, if it failed.
    #[must_use]
    pub fn retry(&self) -> Option<Timestamp> {
        self.attempt.as_ref().map(|attempt| attempt.next)
    }

    /// What went wrong with what is tried again.
    #[must_use]
    pub fn trouble(&self) -> Option<&Entry> {
        let attempt = self.attempt.as_ref()?;
        let failed =
            |last: &&Entry| last.due == Some(attempt.due) && last.outcome == Outcome::Failed;
        self.log.last().filter(failed)
    }

    /// Whether it is paused, and until when.
    #[must_use]
    pub fn paused(&self, now: Timestamp) -> Option<Timestamp> {
        self.paused_until.filter(|until| now < *until)
    }
}

fn after(now: Timestamp, tries: u32) -> Timestamp {
    let doubled = FIRST_WAIT.checked_mul(1 << (tries - 1).min(10)).unwrap_or(LONGEST_WAIT);
    now.saturating_add(doubled.min(LONGEST_WAIT)).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn hourly() -> Schedule {
        Schedule { cron: "0 * * * *".parse().unwrap(), zone: TimeZone::UTC }
    }

    fn sent(due: Timestamp, now: Timestamp) -> Entry {
        let (to, what) = (vec!["a@example.com".to_owned()], "Answer rate".to_owned());
        Entry { at: now, due: Some(due), outcome: Outcome::Sent, to, what, error: None, tries: 1 }
    }

    #[test]
    fn only_the_newest_of_what_was_missed_is_made_up_for() {
        let mut record = Record::new(at("2024-01-01T00:30:00Z"));
        assert_eq!(record.turn(&hourly(), at("2024-01-01T00:59:59Z")), None);
        let (due, now) = (at("2024-01-03T08:00:00Z"), at("2024-01-03T08:20:00Z"));
        assert_eq!(record.turn(&hourly(), now), Some(Turn::Due(due)));
        record.begin(due, now);
        record.finished(due, Some(sent(due, now)));
        assert_eq!(record.turn(&hourly(), now), None);
        assert_eq!(
            record.turn(&hourly(), at("2024-01-03T09:00:00Z")),
            Some(Turn::Due(at("2024-01-03T09:00:00Z")))
        );
    }

    #[test]
    fn who_dies_tries_again_at_once_and_then_after_a_while() {
        let mut record = Record::new(at("2024-01-01T00:30:00Z"));
        let (due, now) = (at("2024-01-01T01:00:00Z"), at("2024-01-01T01:00:05Z"));
        for (now, next) in [
            (now, now),
            (now, at("2024-01-01T01:01:05Z")),
            (at("2024-01-01T01:01:05Z"), at("2024-01-01T01:03:05Z")),
        ] {
            assert_eq!(record.turn(&hourly(), now), Some(Turn::Due(due)));
            record.begin(due, now);
            record.reached(due, "a@example.com");
            assert_eq!(record.retry(), Some(next));
        }
        assert_eq!(record.attempt.unwrap().to.len(), 3);
    }

    #[test]
    fn failures_are_tried_again_less_and_less_often_and_logged_as_one() {
        let mut record = Record::new(at("2024-01-01T00:30:00Z"));
        let due = at("2024-01-01T01:00:00Z");
        let (mut now, mut waits) = (due, Vec::new());
        for _ in 0..8 {
            record.begin(due, now);
            record.failed(due, "Answer rate", "refused".to_owned(), now);
            let next = record.retry().unwrap();
            waits.push(next.duration_since(now).as_mins());
            let before = next - SignedDuration::from_secs(1);
            assert!(record.turn(&hourly(), before) != Some(Turn::Due(due)));
            assert_eq!(
                record.trouble().and_then(|trouble| trouble.error.as_deref()),
                Some("refused")
            );
            now = next;
        }
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!((record.log.len(), record.log[0].tries), (1, 8));
        record.finished(due, Some(sent(due, now)));
        assert_eq!(record.trouble(), None);
        assert_eq!(
            (record.log.len(), record.log[0].outcome, record.retry()),
            (1, Outcome::Sent, None)
        );
    }

    #[test]
    fn what_was_due_in_a_pause_is_left_out() {
        let mut record = Record::new(at("2024-01-01T00:30:00Z"));
        record.paused_until = Some(at("2024-01-01T02:30:00Z"));
        assert_eq!(
            record.turn(&hourly(), at("2024-01-01T01:00:00Z")),
            Some(Turn::Skipped(at("2024-01-01T01:00:00Z")))
        );
        // Nobody looked until it was over.
        assert_eq!(
            record.turn(&hourly(), at("2024-01-01T02:40:00Z")),
            Some(Turn::Skipped(at("2024-01-01T02:00:00Z")))
        );
        assert_eq!(
            record.turn(&hourly(), at("2024-01-01T03:00:00Z")),
            Some(Turn::Due(at("2024-01-01T03:00:00Z")))
        );
    }

    proptest! {
        /// Looked at whenever, by whomever, killed wherever: whatever is due ends up sent, or is followed by something
        /// newer that is, and nothing is finished twice.
        #[test]
        fn nothing_is_lost_and_nothing_is_twice(steps in prop::collection::vec((1_i64..4000, 0..3), 1..120)) {
            let start = at("2024-01-01T00:30:00Z");
            let (mut record, mut now) = (Record::new(start), start);
            let mut finished = Vec::new();
            for (seconds, fate) in steps {
                now += SignedDuration::from_secs(seconds);
                // Another process reads what was kept.
                record = serde_json::from_str(&serde_json::to_string(&record).unwrap()).unwrap();
                let Some(Turn::Due(due)) = record.turn(&hourly(), now) else { continue };
                record.begin(due, now);
                match fate {
                    0 => record.failed(due, "", String::new(), now),
                    1 => {
                        record.finished(due, Some(sent(due, now)));
                        finished.push(due);
                    }
                    _ => {}
                }
            }
            prop_assert!(finished.windows(2).all(|pair| pair[0] < pair[1]));
            let newest = hourly().newest(now).unwrap();
            let settled = newest <= start || finished.last() == Some(&newest);
            let waits = record.attempt.as_ref().is_some_and(|attempt| attempt.due == newest);
            let turn = record.turn(&hourly(), now) == Some(Turn::Due(newest));
            prop_assert!(settled || waits || turn);
        }
    }
}
