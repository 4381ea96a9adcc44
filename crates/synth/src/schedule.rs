//! Which interactions there are, when they start, and which records they leave.

use crate::Config;
use crate::draw::{Draw, Purpose, mix};
use crate::plan::{Cast, interaction};
use crate::traffic::{self, Clock};

/// One record of the account's log, before anything about it is known but its place in time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slot {
    pub(crate) start_ms: i64,
    /// From the interaction's start to this record's.
    pub(crate) lead_ms: u32,
    pub(crate) interaction: u32,
    /// Which of the interaction's records this is, and of how many.
    pub(crate) part: u8,
    pub(crate) parts: u8,
    /// Within business hours.
    pub(crate) open: bool,
    /// Concerns the first user by all means.
    pub(crate) pinned: bool,
    /// Has to end in the company's time; calls that are made beyond the schedule need not.
    pub(crate) is_scheduled: bool,
    /// From the record's start to when it shows up; known once the call was planned.
    pub(crate) shown_after_ms: u32,
}

impl Slot {
    /// The first record's place, of an interaction beyond the schedule.
    pub(crate) fn extra(start_ms: i64, interaction: u32) -> Self {
        let open = Clock::new().is_open(start_ms);
        Self {
            start_ms,
            lead_ms: 0,
            interaction,
            part: 0,
            parts: 1,
            open,
            pinned: false,
            is_scheduled: false,
            shown_after_ms: 0,
        }
    }

    /// Whether chance has the interaction leave two records.
    pub(crate) fn drawn_parts(seed: u64, interaction: u32) -> u8 {
        1 + u8::from(mix(seed, Purpose::Interaction, interaction.into()) % 1000 < PAIRS_PER_MILLE)
    }
}

/// The account's log in order of time.
pub(crate) struct Schedule {
    slots: Vec<Slot>,
    longest_ms: u32,
}

/// Interactions that are put into January 2024 for the first user: the month that the public
/// quick-start samples read.
const PINNED: u32 = 6;
const JANUARY_2024_MS: (i64, i64) = (1_704_067_200_000, 1_706_745_600_000);

/// One interaction in so many thousand leaves two records.
const PAIRS_PER_MILLE: u64 = 45;

/// One in so many interactions starts in the same millisecond as the one before.
const TIES: u64 = 250;

impl Schedule {
    pub(crate) fn new(config: &Config, cast: &Cast<'_>) -> Self {
        let parts = parts(config);
        let starts = starts(config, parts.len() as u32);
        let pinned = pinned(config);
        let clock = Clock::new();
        let mut slots = Vec::with_capacity(config.calls as usize);
        for (number, (start_ms, parts)) in (0..).zip(starts.into_iter().zip(parts)) {
            let slot = Slot {
                start_ms,
                lead_ms: 0,
                interaction: number,
                part: 0,
                parts,
                open: clock.is_open(start_ms),
                pinned: number < pinned,
                is_scheduled: true,
                shown_after_ms: 0,
            };
            slots.push(slot);
            if parts == 2 {
                slots.push(second(cast, slot));
            }
        }
        slots.sort_by_key(|slot| (slot.start_ms, slot.interaction, slot.part));
        Self { slots, longest_ms: 0 }
    }

    pub(crate) fn len(&self) -> u32 {
        self.slots.len() as u32
    }

    pub(crate) fn slot(&self, call: u32) -> Slot {
        self.slots[call as usize]
    }

    pub(crate) fn start_ms(&self, call: u32) -> i64 {
        self.slots[call as usize].start_ms
    }

    /// When the record shows up, in Unix milliseconds.
    pub(crate) fn shown_ms(&self, call: u32) -> i64 {
        let slot = &self.slots[call as usize];
        slot.start_ms + i64::from(slot.shown_after_ms)
    }

    /// Notes when a record shows up.
    pub(crate) fn settle(&mut self, call: u32, shown_ms: i64) {
        let slot = &mut self.slots[call as usize];
        slot.shown_after_ms = u32::try_from(shown_ms - slot.start_ms).unwrap_or(u32::MAX);
        self.longest_ms = self.longest_ms.max(slot.shown_after_ms);
    }

    /// The longest time from a record's start to when it shows up.
    pub(crate) fn longest_ms(&self) -> u32 {
        self.longest_ms
    }
}

/// The second record's place: only the interaction itself knows when it starts.
fn second(cast: &Cast<'_>, slot: Slot) -> Slot {
    let lead_ms = interaction(cast, &slot, None).get(1).map_or(0, |record| record.start_ms());
    Slot { part: 1, lead_ms, start_ms: slot.start_ms + i64::from(lead_ms), ..slot }
}

/// How many records each interaction leaves; they add up to the calls wanted.
fn parts(config: &Config) -> Vec<u8> {
    let pinned = pinned(config);
    let mut left = config.calls;
    let mut parts = Vec::with_capacity(config.calls as usize);
    while left > 0 {
        let number = parts.len() as u32;
        let pair = Slot::drawn_parts(config.seed, number) == 2;
        let count = if pair && left > 1 && number >= pinned { 2 } else { 1 };
        parts.push(count);
        left -= u32::from(count);
    }
    parts
}

fn pinned(config: &Config) -> u32 {
    let (from_ms, until_ms) = JANUARY_2024_MS;
    let covered =
        config.from.as_millisecond() <= from_ms && until_ms <= config.until.as_millisecond();
    if covered && config.calls >= 500 { PINNED } else { 0 }
}

/// When each interaction starts, in milliseconds. The pinned ones come first; the rest ascend.
fn starts(config: &Config, count: u32) -> Vec<i64> {
    let clock = Clock::new();
    let mut draw = Draw::new(config.seed, Purpose::Traffic, 0);
    let pinned = pinned(config);
    let bin_ms = traffic::bin_ms(config.calls);
    let mut starts = traffic::starts(&clock, &mut draw, pinned, JANUARY_2024_MS, bin_ms);
    let (from_ms, until_ms) = (config.from.as_millisecond(), config.until.as_millisecond());
    // Calls need a moment to end in.
    let margin_ms = ((until_ms - from_ms) / 2).clamp(0, 60_000);
    let span = (from_ms, until_ms - margin_ms);
    let mut rest = traffic::starts(&clock, &mut draw, count - pinned, span, bin_ms);
    for number in 1..rest.len() {
        if mix(config.seed, Purpose::Traffic, number as u64).is_multiple_of(TIES) {
            rest[number] = rest[number - 1];
        }
    }
    starts.append(&mut rest);
    starts
}
