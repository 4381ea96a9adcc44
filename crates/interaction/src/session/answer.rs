//! On which legs a person of the company spoke.

use callbook_model::ExtensionId;
use jiff::Timestamp;

use super::{Part, SLACK_MS, Session};
use crate::result::Ending;
use crate::row::{Kind, Origin};
use crate::{Company, ExtensionKind};

/// The service calls the user who wants to call, …
const RING_OUT_OWN: [&str; 4] = [
    "RingOutWebToSubscriber",
    "RingOutClientToSubscriber",
    "RingOutDeviceToSubscriber",
    "CallMeCallOut",
];
/// … and then the other side.
const RING_OUT_OTHER: [&str; 3] =
    ["RingOutWebToCaller", "RingOutClientToCaller", "RingOutDeviceToCaller"];

impl Session<'_, '_> {
    /// Finds who spoke on each leg, and which of those legs only span others.
    pub(super) fn find_answers(&mut self, company: &impl Company, at: Timestamp) {
        if self.kind == Kind::Fax {
            return;
        }
        let other_side_called = self.parts.iter().any(|part| part.has_type(&RING_OUT_OTHER));
        let alone = self.parts.iter().all(|part| part.originated);
        let internal = self.origin == Origin::Internal;
        for part in &mut self.parts {
            let is_half = other_side_called && part.has_type(&RING_OUT_OWN);
            let person = part.person().filter(|_| !is_half);
            part.speaker = match part.call.to.extension.filter(|_| part.originated) {
                // Who calls a colleague has not answered anybody: the colleague's leg tells, if there is one.
                _ if internal && part.originated && !alone => None,
                Some(colleague) if internal => {
                    person.and(Some(colleague)).filter(|_| is_user(company.kind(colleague, at)))
                }
                _ => person,
            };
        }
        for place in 0..self.parts.len() {
            self.parts[place].spans = self.spans(place);
        }
    }

    /// Upstream often has a leg for the user's whole part in a call, ringing included, beside the legs of phones.
    fn spans(&self, place: usize) -> bool {
        let whole = &self.parts[place];
        let later = self.parts[place + 1..].iter();
        whole.speaker.is_some()
            && later.take_while(|part| part.start_ms < whole.end_ms).any(|part| {
                part.speaker == whole.speaker
                    && part.start_ms > whole.start_ms
                    && part.end_ms <= whole.end_ms + SLACK_MS
            })
    }

    /// The legs on which people spoke, without those that only span others.
    pub(crate) fn answers(&self) -> impl Iterator<Item = (ExtensionId, &Part<'_, '_>)> {
        let spoken = self.parts.iter().filter(|part| !part.spans);
        spoken.filter_map(|part| Some((part.speaker?, part)))
    }
}

impl Part<'_, '_> {
    /// The user who spoke, going by this leg alone.
    fn person(&self) -> Option<ExtensionId> {
        let talked = self.ending == Ending::Talked && !self.is_parked() && !self.is_monitoring();
        self.owner.filter(|_| talked && self.is_users())
    }

    /// It is a user's, as far as anybody knows.
    pub(crate) fn is_users(&self) -> bool {
        self.owner.is_some() && is_user(self.kind)
    }

    /// A caller came to a queue on it.
    pub(crate) fn is_queues(&self) -> bool {
        self.kind == Some(ExtensionKind::Queue) && !self.originated
    }
}

/// What is not known counts as a user.
pub(super) fn is_user(kind: Option<ExtensionKind>) -> bool {
    kind.is_none_or(|kind| kind == ExtensionKind::User)
}

/// How long it was that at least one of some legs lasted; they come in order of their start.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Union {
    /// Milliseconds.
    pub(crate) total_ms: i64,
    until_ms: Option<i64>,
}

impl Union {
    pub(crate) fn add(&mut self, part: &Part<'_, '_>) {
        let from_ms = self.until_ms.map_or(part.start_ms, |until_ms| until_ms.max(part.start_ms));
        self.total_ms += (part.end_ms - from_ms).max(0);
        self.until_ms = Some(from_ms.max(part.end_ms));
    }
}
