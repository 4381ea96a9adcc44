//! The parts of an interaction.

use std::borrow::Cow;

use callbook_model::ExtensionId;
use jiff::Timestamp;

use crate::word::words;

/// A row of the table `legs`: an attempt to reach somebody. The texts are upstream's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leg<'a> {
    /// Its place, from 0.
    pub order: u32,
    /// Id of the record that has it, the first of them.
    pub call: Cow<'a, str>,
    /// It stands for the whole record.
    pub master: bool,
    /// When it began.
    pub started: Timestamp,
    /// How long it lasted.
    pub duration_ms: i64,
    /// `PstnToSip`, `FindMe`, …
    pub leg_type: Option<Cow<'a, str>>,
    /// `Phone Call`, `Transfer`, …
    pub action: Option<Cow<'a, str>>,
    /// `Inbound` or `Outbound`.
    pub direction: Option<Cow<'a, str>>,
    /// How it ended.
    pub result: Option<Cow<'a, str>>,
    /// Why so.
    pub reason: Option<Cow<'a, str>>,
    /// Whose leg it is.
    pub extension: Option<ExtensionId>,
    /// Who called: a phone number, else a short number.
    pub from_number: Option<Cow<'a, str>>,
    /// Who was called, likewise.
    pub to_number: Option<Cow<'a, str>>,
    /// A person of the company spoke on it.
    pub answered: bool,
}

words! {
    /// What became of an offer: the first of these that fits.
    OfferOutcome {
        /// The user spoke.
        Answered = "answered",
        /// The user's voicemail took over.
        Voicemail = "voicemail",
        /// A machine picked up.
        Machine = "machine",
        /// The user pressed the red button.
        Declined = "declined",
        /// Somebody else answered.
        Elsewhere = "elsewhere",
        /// It was called off, since another phone answered.
        Stopped = "stopped",
        /// The user was on the phone.
        Busy = "busy",
        /// The caller gave up.
        HungUp = "hung_up",
        /// It rang until it was over.
        Missed = "missed",
        /// The phone could not be reached.
        Failed = "failed",
        /// The legs do not say.
        Unknown = "unknown",
    }
}

impl OfferOutcome {
    /// Counts against the user: no answer, and not because somebody else answered.
    #[must_use]
    pub const fn is_refused(self) -> bool {
        !matches!(self, Self::Answered | Self::Elsewhere | Self::Stopped)
    }
}

/// A row of the table `offers`: a call offered to one user, on all phones at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The user.
    pub extension: ExtensionId,
    /// When the first phone began to ring.
    pub started: Timestamp,
    /// When the last of its legs ended.
    pub ended: Timestamp,
    /// From the start to the answer, else to the end. 0 where the log has a leg from the answer on only.
    pub ring_ms: i64,
    /// What became of it.
    pub outcome: OfferOutcome,
    /// How long the user spoke.
    pub talk_ms: i64,
    /// The queue that made the offer.
    pub queue: Option<ExtensionId>,
    /// That visit's place, from 0.
    pub visit: Option<u32>,
    /// How many legs.
    pub legs: u32,
}

words! {
    /// What became of a visit to a queue.
    VisitOutcome {
        /// A user answered.
        Answered = "answered",
        /// The call went on to another queue.
        Overflow = "overflow",
        /// The caller came to the queue's voicemail.
        Voicemail = "voicemail",
        /// The caller asked to be called back.
        Callback = "callback",
        /// The caller hung up.
        Abandoned = "abandoned",
        /// Anything else, such as a transfer to somebody who is no member.
        Other = "other",
    }
}

/// A row of the table `queue_visits`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueVisit {
    /// Its place among the interaction's, from 0.
    pub order: u32,
    /// The queue.
    pub queue: ExtensionId,
    /// When the caller came to it.
    pub entered: Timestamp,
    /// From there to the answer, else to the end of the visit.
    pub wait_ms: i64,
    /// What became of it.
    pub outcome: VisitOutcome,
    /// Who answered.
    pub answered_by: Option<ExtensionId>,
    /// The call came from another queue, where nobody had answered.
    pub overflow_in: bool,
    /// How many offers it made to users.
    pub offers: u32,
}

/// A row of the table `recordings`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording<'a> {
    /// RingCentral's id of it.
    pub id: Cow<'a, str>,
    /// Id of the record that names it.
    pub call: Cow<'a, str>,
    /// [`Leg::order`] of the leg that names it; `None` if only the record does.
    pub leg: Option<u32>,
    /// When that leg, or record, began.
    pub started: Timestamp,
    /// How long that lasted: the log does not say how long the recording is.
    pub duration_ms: i64,
    /// `Automatic`, `OnDemand`, or whatever else upstream says.
    pub kind: Option<Cow<'a, str>>,
}
