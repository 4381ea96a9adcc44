//! What upstream answers.

use callbook_sync::{Ask, ListPage, Listed, ListedCall, SYNC_COUNT, Synced};
use jiff::Timestamp;

use super::company::{Call, Company, Totals};
use super::draw::Draw;

/// A record, as far as an archive minds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record {
    pub id: u32,
    pub version: usize,
    pub deleted: bool,
}

pub enum Changes {
    Answer(Synced, Vec<Record>),
    Refused,
    Unavailable,
}

pub fn at(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap()
}

fn record(call: &Call, now: i64) -> Record {
    Record { id: call.id, version: call.version(now), deleted: call.is_deleted(now) }
}

impl Company {
    /// Calls that began between the two.
    fn between(&self, from: i64, to: i64) -> &[Call] {
        let place = |moment: i64| self.calls.partition_point(|call| call.start < moment);
        let first = place(from);
        &self.calls[first..place(to).max(first)]
    }

    /// One page of a list.
    pub fn list(
        &self,
        page: ListPage,
        per_page: usize,
        now: i64,
        draw: &mut Draw,
    ) -> (Listed, Vec<Record>) {
        let from = page.span.from.as_millisecond();
        let to = page.span.to.as_millisecond() + i64::from(self.traits.includes_end);
        let there = |call: &&Call| call.listed <= now && self.shows(call, now);
        let mut list: Vec<_> = self.between(from, to).iter().filter(there).collect();
        list.reverse();
        if !self.traits.sorted {
            // In an order of its own, always the same.
            list.sort_by_key(|call| call.id.wrapping_mul(2_654_435_761) >> 16);
        }
        let skipped = per_page * (page.page as usize - 1);
        let total = list.len();
        list.retain(|call| !call.is_hidden(now));
        let calls: Vec<_> = list.iter().skip(skipped).take(per_page).copied().collect();
        let mut listed = Listed { records: calls.len(), sorted: true, ..Listed::default() };
        listed.has_next = skipped + calls.len() < list.len();
        let says = match self.traits.totals {
            Totals::Always => true,
            Totals::Never => false,
            Totals::Sometimes => draw.per_mille(500),
        };
        listed.total = says.then_some(total as u64);
        for call in &calls {
            listed.saw(page.span, &call.id.to_string(), call.start);
        }
        debug_assert!(listed.calls.iter().all(|call: &ListedCall| call.start_ms < to));
        (listed, calls.into_iter().map(|call| record(call, now)).collect())
    }

    /// `call-log-extract-sync`.
    pub fn extract(&self, ask: &Ask, now: i64, draw: &mut Draw) -> Changes {
        let traits = &self.traits;
        if !traits.extract.is_there(now) {
            return Changes::Unavailable;
        }
        let (since, id) = match ask {
            Ask::Full { from } if from.as_millisecond() < now - traits.extract_reach => {
                return Changes::Refused;
            }
            Ask::Full { from } => (from.as_millisecond() - 1, 0),
            Ask::Token(token) => {
                let [issued, since, id] = numbers(token);
                let refused = draw.per_mille(traits.extract_tokens.refused_per_mille);
                if refused || traits.extract_tokens.life < now - issued {
                    return Changes::Refused;
                }
                (since, id)
            }
        };
        let modified = |call: &Call| (call.modified(now), i64::from(call.id));
        let later = |call: &&Call| (since, id) < modified(call) && self.shows(call, now);
        let mut calls: Vec<_> = self.calls.iter().filter(later).collect();
        calls.sort_by_key(|call| modified(call));
        let newer = calls.len() > traits.per_page;
        calls.truncate(traits.per_page);
        let (since, id) = calls.last().map_or((since, id), |call| modified(call));
        let token = format!("{now} {since} {id}");
        let records: Vec<_> = calls.into_iter().map(|call| record(call, now)).collect();
        let synced = Synced { token, sync_time: at(now), newer, records: records.len() };
        Changes::Answer(synced, records)
    }

    /// `call-log-sync`.
    pub fn sync(&self, ask: &Ask, now: i64, draw: &mut Draw) -> Changes {
        let traits = &self.traits;
        if !traits.sync.is_there(now) {
            return Changes::Unavailable;
        }
        let (frame, records) = match ask {
            Ask::Full { from } => {
                let from = from.as_millisecond();
                let count = traits.per_page.min(SYNC_COUNT as usize);
                let shown = self.between(from, now).iter().filter(|call| self.shows(call, now));
                let newest: Vec<_> = shown.rev().take(count).collect();
                let full = newest.len() == count;
                let oldest = newest.last().filter(|_| full).map_or(from, |call| call.start);
                let frame = if traits.frame { oldest } else { 0 };
                (frame, newest.into_iter().map(|call| record(call, now)).collect::<Vec<_>>())
            }
            Ask::Token(token) => {
                let [issued, since, frame] = numbers(token);
                let refused = draw.per_mille(traits.sync_tokens.refused_per_mille);
                if refused || traits.sync_tokens.life < now - issued {
                    return Changes::Refused;
                }
                let changed = self.calls.iter().filter(|call| {
                    let deleted = call.deleted.filter(|_| !call.silently);
                    let gone = deleted.is_some_and(|at| since < at && at <= now);
                    let fresh = since < call.modified(now) && self.shows(call, now);
                    frame <= call.start && call.visible <= now && (gone || fresh)
                });
                let records: Vec<_> = changed.map(|call| record(call, now)).collect();
                if records.len() > traits.sync_limit {
                    return Changes::Refused;
                }
                (frame, records)
            }
        };
        let token = format!("{now} {now} {frame}");
        let synced = Synced { token, sync_time: at(now), newer: false, records: records.len() };
        Changes::Answer(synced, records)
    }
}

fn numbers(token: &str) -> [i64; 3] {
    let numbers: Vec<_> = token.split(' ').map(|number| number.parse().unwrap()).collect();
    numbers.try_into().unwrap()
}
