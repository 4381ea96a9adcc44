//! Recordings that can be had at a moment: they are kept for less long than the records that name them.

use std::sync::Arc;

use callbook_synth::{Audio, Company, Recording, RecordingMode, Scope};

use super::overlay::{Change, Place, What};
use super::{DAY_MS, Moment, World};

/// How long recordings are kept.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Keeping {
    /// Days after its call's end that a recording is kept for.
    pub(crate) days: Option<u32>,
    /// So many automatic recordings are kept, the newest.
    pub(crate) automatic: Option<u32>,
}

impl World {
    /// Deletes recordings; none if one of them is not there.
    pub(crate) fn delete_recordings(self: &Arc<Self>, ids: &[String]) -> bool {
        let now = self.now();
        let calls = ids.iter().map(|id| now.recording(Scope::Account, id));
        let calls = calls.map(|recording| recording.map(|recording| recording.entry.call));
        let Some(calls) = calls.collect::<Option<Vec<u32>>>() else { return false };
        let change = Change { at_ms: now.now_ms, what: What::RecordingDeleted };
        drop(now.overlay);
        self.change(now.now_ms, |overlay| {
            let overlay = Arc::make_mut(overlay);
            calls.into_iter().for_each(|call| overlay.change(&self.company, call, change));
        });
        true
    }
}

impl Moment {
    /// The recording with an id, if a record in a log shows it and it has not expired.
    pub(crate) fn recording(&self, scope: Scope, id: &str) -> Option<Recording> {
        let number = self.world.company.recorded_call(id).filter(|&call| self.has(call))?;
        let state = self.state(scope, number);
        let call = self.call_in(number, &state);
        let entry = call.entry(scope)?;
        let is_shown =
            self.is_listed(&state, entry.start_ms, false) && call.facts(&entry).recording.is_some();
        let is_old = call.end_ms() < self.oldest_recording_ms();
        call.recording().filter(|recording| is_shown && !is_old && self.is_among_newest(recording))
    }

    /// The sound of a recording, expired or not.
    pub(crate) fn audio(&self, id: &str) -> Option<Audio> {
        let number = self.world.company.recorded_call(id).filter(|&call| self.has(call))?;
        self.planned(number).recording().map(|recording| recording.audio)
    }

    fn oldest_recording_ms(&self) -> i64 {
        let days = self.world.ways.recordings.days;
        days.map_or(i64::MIN, |days| self.now_ms - i64::from(days) * DAY_MS)
    }

    /// Deleted ones count as if they were there: which they are is not worth knowing.
    fn is_among_newest(&self, recording: &Recording) -> bool {
        let Some(limit) = self.world.ways.recordings.automatic.map(|limit| limit as usize) else {
            return true;
        };
        let made = self.overlay.automatic.as_slice();
        let all = self.world.company.config().calls as usize + made.len();
        if !is_automatic(recording) || all <= limit {
            return true;
        }
        let own = self.world.automatic.get_or_init(|| automatic(&self.world.company));
        let place = (recording.entry.start_ms, recording.entry.call);
        self.begun_after(own, place) + self.begun_after(made, place) < limit
    }

    /// How many of `places` lie behind one, and not in the future.
    fn begun_after(&self, places: &[Place], place: Place) -> usize {
        let begun = places.partition_point(|&(start_ms, _)| start_ms <= self.now_ms);
        begun.saturating_sub(places.partition_point(|&each| each <= place))
    }
}

/// Where the company's own calls that were recorded automatically stand in the account's log.
fn automatic(company: &Company) -> Vec<Place> {
    let entries = company.entries(Scope::Account).iter();
    let recordings = entries.filter_map(|entry| company.call(entry.call).recording());
    let automatic = recordings.filter(is_automatic);
    automatic.map(|recording| (recording.entry.start_ms, recording.entry.call)).collect()
}

pub(super) fn is_automatic(recording: &Recording) -> bool {
    recording.mode == RecordingMode::Automatic
}
