//! What an archive owes after a life.

use callbook_sync::Log;

use super::company::{Available, Call, Company, DAY, HOUR, MINUTE, Totals, Traits};
use super::life::{Life, Pass};

/// A call that shows up this soon after its start is found by any means.
const SOON: i64 = 30 * MINUTE;

/// When days are listed again.
const AGES: [i64; 3] = [DAY, 7 * DAY, 30 * DAY];

/// Looks between two sightings of absence, and incomplete lists in between.
const LOOKS: usize = 6;

/// Panics where something is missing or wrong. Returns how many things were demanded.
pub fn check(company: &Company, life: &Life<'_>) -> u64 {
    let check = Check { company, life };
    let mut demanded = 0;
    for call in &company.calls {
        demanded += u64::from(check.presence(call));
        demanded += u64::from(check.version(call));
        demanded += u64::from(check.deletion(call));
    }
    check.effort();
    demanded
}

struct Check<'a> {
    company: &'a Company,
    life: &'a Life<'a>,
}

impl Check<'_> {
    fn traits(&self) -> &Traits {
        &self.company.traits
    }

    /// A pass that began at or after a moment, while the call was there, and is fit.
    fn seen(&self, call: &Call, since: i64, fit: impl Fn(&Pass) -> bool) -> bool {
        let there =
            |pass: &Pass| self.company.shows(call, pass.to) && self.company.shows(call, pass.from);
        self.life.passes.iter().any(|pass| since <= pass.from && fit(pass) && there(pass))
    }

    /// The extract feed misses nothing.
    fn extract_is_whole(&self) -> bool {
        let traits = self.traits();
        let far = 60 * DAY < traits.extract_reach;
        traits.log == Log::Account
            && traits.extract != Available::Never
            && far
            && traits.clock.is_none()
    }

    /// Whether what happened to a call at a moment, as lists show it, was bound to be found.
    fn found_by_age(&self, call: &Call, happened: i64) -> bool {
        if !self.traits().sorted || call.hidden.is_some() {
            // Pages that are not sorted are read by their numbers, and calls slip from one to the other.
            return false;
        }
        let day_end = (call.start / DAY + 1) * DAY;
        // Days that were old when the first run began are listed by it: by the server's clock.
        let first = self.seen(call, happened.max(call.listed), |pass| {
            pass.from == self.first_pass() && call.start < self.company.clock(pass.from)
        });
        let early = self.early();
        let again = AGES.iter().any(|age| {
            let due = day_end + age;
            let known = self.life.begun < due && happened.max(call.listed) <= due - early;
            known && self.seen(call, due, |_| true)
        });
        (happened <= self.life.begun && first) || again
    }

    /// How much too early a day may have been listed without anybody noticing: a clock was ahead, by some hours
    /// only, or nothing ran when it was put back until it would have said the same.
    fn early(&self) -> i64 {
        let Some(clock) = self.traits().clock.filter(|clock| 0 < clock.by) else { return 0 };
        let passes = &self.life.passes;
        let wrong = passes.iter().filter(|pass| (clock.from..clock.to).contains(&pass.to));
        let last = wrong.map(|pass| pass.to + clock.by).max();
        let next = passes.iter().find(|pass| clock.to <= pass.to).map(|pass| pass.to);
        let noticed = last.zip(next).is_none_or(|(last, next)| next + HOUR < last);
        if DAY < clock.by && noticed { 0 } else { clock.by }
    }

    fn first_pass(&self) -> i64 {
        self.life.passes.first().map_or(i64::MAX, |pass| pass.from)
    }

    fn presence(&self, call: &Call) -> bool {
        let extracted = self.extract_is_whole()
            && self.life.begun < call.visible
            && self.seen(call, call.visible, |pass| pass.extracted);
        let soon = self.traits().sorted
            && call.hidden.is_none()
            && call.listed - call.start <= SOON
            && self.seen(call, call.listed, |pass| pass.fresh);
        let owed = extracted || soon || self.found_by_age(call, call.listed);
        assert!(!owed || self.life.archive.calls.contains_key(&call.id), "missing: {call:?}");
        owed
    }

    fn version(&self, call: &Call) -> bool {
        let Some(kept) = self.life.archive.calls.get(&call.id) else { return false };
        let found = |edit: &i64| {
            let extracted = self.extract_is_whole()
                && self.life.begun < *edit
                && self.seen(call, *edit, |pass| pass.extracted);
            extracted || self.found_by_age(call, *edit)
        };
        let owed = call.edits.iter().rposition(found).map_or(0, |place| place + 1);
        let edits = call
            .edits
            .iter()
            .filter(|edit| **edit <= call.edits.get(owed.wrapping_sub(1)).copied().unwrap_or(0))
            .count();
        let newest = kept.versions.last().copied().unwrap_or(0);
        assert!(edits <= newest, "version {newest} instead of {owed}: {call:?}");
        0 < owed
    }

    fn deletion(&self, call: &Call) -> bool {
        let Some(kept) = self.life.archive.calls.get(&call.id) else { return false };
        let Some(deleted) = call.deleted.filter(|deleted| *deleted <= self.life.now) else {
            assert!(!kept.deleted, "not deleted: {call:?}");
            return false;
        };
        let owed = self.told(call, deleted) || self.missed(call, deleted);
        assert!(!owed || kept.deleted, "deleted, and nobody knows: {call:?}");
        owed
    }

    /// `call-log-sync` said so.
    fn told(&self, call: &Call, deleted: i64) -> bool {
        let traits = self.traits();
        let whole = traits.sync == Available::Always
            && !traits.frame
            && traits.sync_limit == 250
            && traits.sync_tokens.refused_per_mille == 0
            && 100 * DAY < traits.sync_tokens.life
            && traits.clock.is_none();
        let asked = self.life.passes.first().is_some_and(|first| first.to < deleted);
        let told = self.life.passes.iter().any(|pass| deleted <= pass.from && pass.synced);
        whole && asked && !call.silently && told
    }

    /// A list lacked it often enough.
    fn missed(&self, call: &Call, deleted: i64) -> bool {
        let traits = self.traits();
        let day = call.start / DAY * DAY;
        // Where more calls began at once than a page takes, only a total tells that a list is complete.
        let certain = traits.totals == Totals::Always || 12 <= traits.per_page;
        let of_day = |call: &&Call| call.start / DAY * DAY == day;
        let mut others = self.company.calls.iter().filter(of_day);
        let certain = certain && others.all(|call| call.hidden.is_none());
        let asked = traits.sorted && certain && traits.clock.is_none();
        asked
            && AGES.iter().any(|age| {
                let due = day + DAY + age;
                let mut looks = Vec::new();
                for pass in self.life.passes.iter().filter(|pass| due <= pass.from) {
                    if looks.last().is_none_or(|last| last + 70 * MINUTE <= pass.from) {
                        looks.push(pass.from);
                    }
                }
                let Some(last) = looks.get(LOOKS) else { return false };
                let older =
                    self.company.calls.first().filter(|first| first.visible <= self.life.begun);
                let oldest =
                    older.map_or(i64::MAX, |first| first.start).max(last - traits.retention);
                let next = self
                    .company
                    .calls
                    .iter()
                    .find(|call| oldest <= call.start && self.company.shows(call, *last));
                let kept = next.is_some_and(|next| next.start + 4 * DAY <= day);
                self.life.begun < due && deleted <= due && kept && self.life.begun + HOUR < deleted
            })
    }

    /// Requests are bounded, save for days to come while a clock is ahead.
    fn effort(&self) {
        if self.traits().clock.is_some() {
            return;
        }
        let passes = self.life.passes.len() as u64;
        let days = ((self.traits().until - self.life.begun) / DAY) as u64;
        let pages = (self.company.calls.len() / self.traits().per_page) as u64;
        let bound = 200 + 12 * passes + 20 * days + 20 * pages;
        assert!(
            self.life.wire.requests < bound,
            "{} requests, not {bound}",
            self.life.wire.requests
        );
    }
}
