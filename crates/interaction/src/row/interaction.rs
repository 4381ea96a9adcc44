//! An interaction: what a person would call one call.

use std::borrow::Cow;

use callbook_model::ExtensionId;
use jiff::Timestamp;

use super::End;
use crate::word::words;

words! {
    /// Voice or fax; a fax counts in no metric of calls.
    Kind {
        /// People, or a machine that speaks.
        Voice = "voice",
        /// Pages.
        Fax = "fax",
    }
}

words! {
    /// Which way it went, seen from the company; of an internal call, from its caller.
    Direction {
        /// Somebody called.
        Inbound = "inbound",
        /// Somebody of the company called.
        Outbound = "outbound",
    }
}

words! {
    /// What it is known from.
    Source {
        /// Records of RingCentral's call log.
        RingCentral = "ringcentral",
        /// A row of the portal's CSV: who called whom, when, for how long, and the result. The rest is not known, and
        /// is zero or `None` here.
        Portal = "portal",
    }
}

words! {
    /// Whether anybody outside the company took part.
    Origin {
        /// One end lies outside.
        External = "external",
        /// Both ends are the company's.
        Internal = "internal",
    }
}

words! {
    /// What became of it: the first of these that fits.
    Disposition {
        /// It could not be set up.
        Failed = "failed",
        /// The caller's number is blocked.
        Blocked = "blocked",
        /// A person of the company spoke; of an outbound call, it was connected; of a fax, all pages arrived.
        Answered = "answered",
        /// The caller came to a machine that takes messages.
        Voicemail = "voicemail",
        /// The caller asked to be called back.
        CallbackRequested = "callback_requested",
        /// The caller hung up first.
        Abandoned = "abandoned",
        /// A person pressed the red button.
        Declined = "declined",
        /// The line was busy.
        Busy = "busy",
        /// Nobody picked up.
        Missed = "missed",
        /// The records do not say.
        Unknown = "unknown",
    }
}

/// Σ of the records' `billing`, in millionths of the account's currency. The contract calls the values costs per minute;
/// they are added as they stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cost {
    /// Σ `costIncluded`: covered by the plan.
    pub included_millionths: i64,
    /// Σ `costPurchased`: to be paid for.
    pub purchased_millionths: i64,
    /// A value was finer than a millionth, or unreadable: the sums are rounded, half away from zero.
    pub rounded: bool,
}

/// A row of the table `interactions`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interaction<'a> {
    /// `telephonySessionId`, else `sessionId`, else the record's id.
    pub session: Cow<'a, str>,
    /// Ids of the records, in the order of their start.
    pub calls: Vec<Cow<'a, str>>,
    /// What it is known from.
    pub source: Source,
    /// When the first record or leg began.
    pub started: Timestamp,
    /// When the last one ended.
    pub ended: Timestamp,
    /// From the one to the other.
    pub duration_ms: i64,
    /// Voice or fax.
    pub kind: Kind,
    /// Inbound or outbound.
    pub direction: Direction,
    /// External or internal.
    pub origin: Origin,
    /// What became of it.
    pub disposition: Disposition,
    /// Upstream's own word, of the first record.
    pub result: Option<Cow<'a, str>>,
    /// Who called.
    pub caller: End<'a>,
    /// Who was called first.
    pub called: End<'a>,
    /// The number outside; `None` if it is internal, or the number withheld.
    pub customer_number: Option<Cow<'a, str>>,
    /// What the record calls that end.
    pub customer_name: Option<Cow<'a, str>>,
    /// The company's number that was called, or shown; `None` if it is internal.
    pub company_number: Option<Cow<'a, str>>,
    /// The user who answered first; of an outbound call, the user who was connected.
    pub answered_by: Option<ExtensionId>,
    /// When that was.
    pub answered_at: Option<Timestamp>,
    /// From the start of the master leg to that moment, else to the end.
    pub wait_ms: i64,
    /// How long at least one person of the company spoke.
    pub talk_ms: i64,
    /// The first queue that the caller came to.
    pub first_queue: Option<ExtensionId>,
    /// How many visits to queues.
    pub queue_visits: u32,
    /// How many offers to users.
    pub offers: u32,
    /// How many of those were refused, see [`OfferOutcome::is_refused`](super::OfferOutcome::is_refused).
    pub refused: u32,
    /// Legs that upstream calls a transfer.
    pub transfers: u32,
    /// Users who answered, less one.
    pub hops: u32,
    /// How many legs, each once.
    pub legs: u32,
    /// How many records.
    pub records: u32,
    /// There is a recording.
    pub recorded: bool,
    /// A voice message was left.
    pub voicemail: bool,
    /// Began outside the hours of the first queue, else of the company; `None` if those are not known.
    pub after_hours: Option<bool>,
    /// What upstream charges.
    pub cost: Cost,
}
