//! Legs, each once.

use std::cmp::{Ordering, Reverse};

use callbook_model::ExtensionId;

use crate::result::Ending;
use crate::wire::{Attachment, Call, Party};
use crate::{ExtensionKind, Record};

/// A leg, or a record without legs.
#[derive(Debug, Clone)]
pub(crate) struct Part<'r, 'a> {
    pub(crate) call: &'r Call<'a>,
    /// The place of the first record that has it.
    pub(crate) record: usize,
    /// Unix milliseconds.
    pub(crate) start_ms: i64,
    pub(crate) end_ms: i64,
    pub(crate) master: bool,
    /// It is a record that came without legs.
    pub(crate) whole: bool,
    pub(crate) recording: Option<&'r Attachment<'a>>,
    pub(crate) ending: Ending,
    pub(crate) owner: Option<ExtensionId>,
    pub(crate) kind: Option<ExtensionKind>,
    /// The owner called, and was not called.
    pub(crate) originated: bool,
    /// Who spoke on it.
    pub(crate) speaker: Option<ExtensionId>,
    /// It only spans another leg on which the same user spoke.
    pub(crate) spans: bool,
}

/// The legs of records that are in order.
pub(super) fn parts<'r, 'a>(records: &[&'r Record<'a>]) -> Vec<Part<'r, 'a>> {
    let count =
        |record: &&Record<'_>| record.call.legs.as_ref().map_or(1, |legs| legs.len().max(1));
    let mut parts = Vec::with_capacity(records.iter().map(count).sum());
    for (place, record) in records.iter().enumerate() {
        match record.call.legs.as_deref() {
            None | Some([]) => parts.push(Part::new(&record.call, place, record, true)),
            Some(legs) => {
                parts.extend(legs.iter().map(|leg| Part::new(leg, place, record, false)));
            }
        }
    }
    parts.sort_unstable_by(Part::order);
    if records.len() > 1 {
        keep_each_once(&mut parts);
    }
    parts
}

/// A leg that stands in several records counts once; legs that look the same in one record are several.
fn keep_each_once(parts: &mut Vec<Part<'_, '_>>) {
    let mut kept: Vec<Part<'_, '_>> = Vec::with_capacity(parts.len());
    let (mut first, mut record, mut nth) = (0, usize::MAX, 0);
    for part in parts.drain(..) {
        if kept.get(first).is_none_or(|leg| leg.order_of_content(&part) != Ordering::Equal) {
            (first, record) = (kept.len(), usize::MAX);
        }
        nth = if part.record == record { nth + 1 } else { 1 };
        record = part.record;
        match kept.get_mut(first + nth - 1) {
            None => kept.push(part),
            // Only one of the records may name it.
            Some(same) => same.recording = same.recording.or(part.recording),
        }
    }
    *parts = kept;
}

impl<'r, 'a> Part<'r, 'a> {
    fn new(call: &'r Call<'a>, place: usize, record: &Record<'_>, whole: bool) -> Self {
        let start_ms = call.start_ms.unwrap_or(record.start_ms);
        Self {
            call,
            record: place,
            start_ms,
            end_ms: call.end_ms(start_ms),
            master: call.master || whole,
            whole,
            recording: call.recording.as_ref().filter(|_| !whole),
            ending: call.ending(),
            owner: None,
            kind: None,
            originated: false,
            speaker: None,
            spans: false,
        }
    }

    /// By start, what spans others first; beyond that, by whatever tells them apart.
    fn order(&self, other: &Self) -> Ordering {
        self.order_of_content(other)
            .then_with(|| self.record.cmp(&other.record))
            .then_with(|| other.master.cmp(&self.master))
            .then_with(|| self.recording_id().cmp(&other.recording_id()))
    }

    fn recording_id(&self) -> Option<&str> {
        self.recording?.id.as_deref()
    }

    fn order_of_content(&self, other: &Self) -> Ordering {
        let (a, b) = (self.call, other.call);
        (self.start_ms, Reverse(self.end_ms))
            .cmp(&(other.start_ms, Reverse(other.end_ms)))
            // Of two records of an internal call, the caller's.
            .then_with(|| b.direction.cmp(&a.direction))
            .then_with(|| a.extension.cmp(&b.extension))
            .then_with(|| words(a).cmp(&words(b)))
            .then_with(|| ends(a).cmp(&ends(b)))
    }

    pub(crate) fn is_inbound(&self) -> bool {
        self.call.direction.as_deref() == Some("Inbound")
    }

    /// A phone elsewhere that a user's calls go on to.
    pub(crate) fn is_forwarding(&self) -> bool {
        self.has_action(&["FindMe", "FollowMe"]) || self.has_type(&["FindMe", "FollowMe"])
    }

    /// A caller who waits at a parking place.
    pub(crate) fn is_parked(&self) -> bool {
        self.has_action(&["Call Park", "Park Location"])
            || self.has_type(&["CallPark", "ParkLocation"])
    }

    /// Passed on by somebody, or by upstream.
    pub(crate) fn is_transfer(&self) -> bool {
        self.has_action(&["Transfer"]) || self.has_type(&["TransferCall"])
    }

    /// Somebody listens to others.
    pub(crate) fn is_monitoring(&self) -> bool {
        self.has_action(&["Monitoring"]) || self.has_type(&["Monitoring", "SilentMonitoring"])
    }

    pub(crate) fn has_action(&self, actions: &[&str]) -> bool {
        self.call.action.as_deref().is_some_and(|action| actions.contains(&action))
    }

    pub(crate) fn has_type(&self, types: &[&str]) -> bool {
        self.call.leg_type.as_deref().is_some_and(|leg_type| types.contains(&leg_type))
    }
}

fn words<'c>(call: &'c Call<'_>) -> [Option<&'c str>; 5] {
    [&call.leg_type, &call.action, &call.result, &call.reason, &call.direction]
        .map(Option::as_deref)
}

fn ends<'c, 'a>(call: &'c Call<'a>) -> (&'c Party<'a>, &'c Party<'a>) {
    (&call.from, &call.to)
}

impl Call<'_> {
    pub(crate) fn ending(&self) -> Ending {
        let inbound = self.direction.as_deref() != Some("Outbound");
        Ending::of(self.result.as_deref(), self.reason.as_deref(), inbound)
    }

    /// Whose leg it is: as it says, else the end on the company's side.
    pub(super) fn owner(&self) -> Option<ExtensionId> {
        let outbound = self.direction.as_deref() == Some("Outbound");
        let near = if outbound { &self.from } else { &self.to };
        self.extension.or(near.extension)
    }
}

impl Record<'_> {
    pub(crate) fn ending(&self) -> Ending {
        self.call.ending()
    }
}
