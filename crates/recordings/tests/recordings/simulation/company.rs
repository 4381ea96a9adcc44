//! A company whose recordings come evenly, an upstream that drops them, and what is known of them here.

use std::collections::BTreeSet;
use std::ops::Range;

use callbook_model::Scope;
use callbook_recordings::{Keeping, Next};
use callbook_store::{RecordingHour, RecordingRow, RecordingState, WantedQuery};

pub const HOUR_MS: i64 = 3_600_000;
pub const DAY_MS: i64 = 24 * HOUR_MS;

/// When simulations begin, on the hour.
pub const START_MS: i64 = 472_222 * HOUR_MS;

/// Recordings of a kind, in the order of their starts.
pub struct Line {
    capped: bool,
    /// Those to come included.
    starts_ms: Vec<i64>,
    states: Vec<RecordingState>,
    wanted: BTreeSet<usize>,
    /// So many have begun.
    begun: usize,
    /// So many, the oldest, upstream has dropped.
    dropped: usize,
    /// Those dropped since the start, though they were not here.
    pub missed: usize,
    pub first_missed_ms: Option<i64>,
}

/// What has happened until the start.
#[derive(Debug, Clone, Copy)]
pub struct Past {
    /// Recordings have come for so long.
    pub days: f64,
    /// Those of the last so many days are not here yet.
    pub backlog_days: f64,
}

impl Line {
    fn new(capped: bool, a_day: u32, past: Past, days: i64) -> Self {
        let ms = |days: f64| (days * DAY_MS as f64) as i64;
        let count = (f64::from(a_day) * (past.days + days as f64)) as i64;
        let first_ms = START_MS - ms(past.days);
        let starts = (0..count).map(|place| first_ms + place * DAY_MS / i64::from(a_day));
        let starts_ms: Vec<i64> = starts.collect();
        let kept = starts_ms.partition_point(|start| *start < START_MS - ms(past.backlog_days));
        let mut states = vec![RecordingState::Wanted; starts_ms.len()];
        states[..kept].fill(RecordingState::Kept);
        Self {
            capped,
            starts_ms,
            states,
            wanted: BTreeSet::new(),
            begun: 0,
            dropped: 0,
            missed: 0,
            first_missed_ms: None,
        }
    }

    fn row(&self, place: usize) -> RecordingRow {
        RecordingRow {
            id: place.to_string(),
            scope: Scope::Account,
            call_id: String::new(),
            session: None,
            start_ms: self.starts_ms[place],
            mode: None,
            capped: self.capped,
            content_uri: None,
            state: self.states[place],
            content_type: None,
            bytes: None,
            duration_ms: None,
            sha256: None,
            object: None,
            done_ms: None,
            tries: 0,
            next_try_ms: 0,
            note: None,
        }
    }

    fn before(&self, moment_ms: i64) -> usize {
        self.starts_ms.partition_point(|start| *start < moment_ms)
    }

    /// The same, where it is not far from there: quicker.
    fn before_from(&self, place: usize, moment_ms: i64) -> usize {
        let next = self.starts_ms[place..].iter().take_while(|start| **start < moment_ms);
        place + next.count()
    }

    /// Upstream at a moment; `watched` counts what is missed.
    fn advance(&mut self, now_ms: i64, keeping: Keeping, watched: bool) -> Range<usize> {
        let come = self.begun..self.before_from(self.begun, now_ms);
        self.begun = come.end;
        let wanted = |place: &usize| self.states[*place] == RecordingState::Wanted;
        self.wanted.extend(come.clone().filter(wanted));
        let oldest_ms = now_ms - i64::from(keeping.days) * DAY_MS;
        let too_old = self.before_from(self.dropped, oldest_ms);
        let too_many =
            if self.capped { self.begun.saturating_sub(keeping.cap as usize) } else { 0 };
        let dropped = self.dropped..too_old.max(too_many).max(self.dropped);
        self.dropped = dropped.end;
        let missed = dropped.filter(|place| self.states[*place] != RecordingState::Kept).count();
        if watched && missed > 0 {
            self.missed += missed;
            self.first_missed_ms.get_or_insert(now_ms);
        }
        come
    }
}

/// All of them.
pub struct Company {
    /// Automatic ones, and the others.
    pub lines: [Line; 2],
    /// What upstream keeps in truth.
    keeping: Keeping,
    hours: Vec<RecordingHour>,
    pub now_ms: i64,
}

impl Company {
    /// `days` are those to be simulated.
    pub fn new(a_day: [u32; 2], keeping: Keeping, past: Past, days: i64) -> Self {
        let line = |capped, a_day| Line::new(capped, a_day, past, days);
        let lines = [line(true, a_day[0]), line(false, a_day[1])];
        let hours = (START_MS - (past.days * DAY_MS as f64) as i64).div_euclid(HOUR_MS)
            ..START_MS / HOUR_MS + days * 24 + 1;
        let hour = |hour, capped| RecordingHour { hour, capped, ..RecordingHour::default() };
        let hours = hours.flat_map(|each| [hour(each, false), hour(each, true)]).collect();
        let mut company = Self { lines, keeping, hours, now_ms: START_MS };
        company.advance(START_MS, false);
        company
    }

    pub fn pass(&mut self, ms: i64) {
        self.advance(self.now_ms + ms, true);
    }

    fn advance(&mut self, now_ms: i64, watched: bool) {
        self.now_ms = now_ms;
        for line in &mut self.lines {
            for place in line.advance(now_ms, self.keeping, watched) {
                let hour = hour_of(&mut self.hours, line, place);
                match line.states[place] {
                    RecordingState::Wanted => hour.wanted += 1,
                    RecordingState::Kept => hour.kept += 1,
                    RecordingState::Lost => hour.lost += 1,
                }
            }
        }
    }

    /// As the archive counts them.
    pub fn hours(&self, days: u32) -> Vec<RecordingHour> {
        let from = (self.now_ms - (i64::from(days) + 1) * DAY_MS).div_euclid(HOUR_MS);
        let some = |hour: &&RecordingHour| hour.wanted + hour.kept + hour.lost > 0;
        let first = self.hours.partition_point(|hour| hour.hour < from);
        let last = self.hours.partition_point(|hour| hour.hour * HOUR_MS <= self.now_ms);
        self.hours[first..last].iter().filter(some).copied().collect()
    }

    /// As the archive finds them.
    pub fn wanted(&self, query: &WantedQuery) -> Vec<Next> {
        let line = self.line(query.capped);
        let places = line.before(query.span_ms.start)..line.before(query.span_ms.end);
        let (places, limit) = (line.wanted.range(places), query.limit as usize);
        let places: Vec<usize> = if query.newest_first {
            places.rev().take(limit).copied().collect()
        } else {
            places.take(limit).copied().collect()
        };
        let next = |place| Next { row: line.row(place), newest_first: query.newest_first };
        places.into_iter().map(next).collect()
    }

    /// Asks upstream for one, which is then kept or lost; whether it was there.
    pub fn fetch(&mut self, row: &RecordingRow) -> bool {
        let place: usize = row.id.parse().unwrap();
        let there = place >= self.line(row.capped).dropped;
        let state = if there { RecordingState::Kept } else { RecordingState::Lost };
        self.done(row.capped, place, state);
        there
    }

    pub fn give_up(&mut self, capped: bool, before_ms: i64) {
        let line = self.line(capped);
        let places: Vec<usize> = line.wanted.range(..line.before(before_ms)).copied().collect();
        places.into_iter().for_each(|place| self.done(capped, place, RecordingState::Lost));
    }

    pub fn still_wanted(&self) -> usize {
        self.lines.iter().map(|line| line.wanted.len()).sum()
    }

    fn done(&mut self, capped: bool, place: usize, state: RecordingState) {
        let line = &mut self.lines[usize::from(!capped)];
        assert!(line.wanted.remove(&place), "it was asked for twice");
        line.states[place] = state;
        let hour = hour_of(&mut self.hours, line, place);
        hour.wanted -= 1;
        *(if state == RecordingState::Kept { &mut hour.kept } else { &mut hour.lost }) += 1;
    }

    fn line(&self, capped: bool) -> &Line {
        &self.lines[usize::from(!capped)]
    }
}

fn hour_of<'a>(hours: &'a mut [RecordingHour], line: &Line, place: usize) -> &'a mut RecordingHour {
    let hour = line.starts_ms[place].div_euclid(HOUR_MS) - hours[0].hour;
    &mut hours[hour as usize * 2 + usize::from(line.capped)]
}
