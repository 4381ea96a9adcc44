//! Names for ways that a call can go.

use std::fmt;
use std::str::FromStr;

macro_rules! scenarios {
    ($($(#[$meta:meta])* $variant:ident = $name:literal,)+) => {
        /// A way that a call can be made to go.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Scenario { $($(#[$meta])* $variant,)+ }

        impl Scenario {
            /// Every one of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// Its name, as people write it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }
    };
}

scenarios! {
    /// A user takes an outside call.
    Answered = "answered",
    /// Nobody picks up.
    Missed = "missed",
    /// The caller speaks to the machine.
    Voicemail = "voicemail",
    /// The caller gives up.
    HungUp = "hung-up",
    /// The user presses the red button.
    Declined = "declined",
    /// The user is on another call.
    Busy = "busy",
    /// The caller's number is blocked.
    Blocked = "blocked",
    /// A phone elsewhere is answered.
    FindMe = "find-me",
    /// A member of a queue answers.
    QueueAnswered = "queue-answered",
    /// The caller hangs up while waiting.
    QueueAbandoned = "queue-abandoned",
    /// The caller leaves the queue a message.
    QueueVoicemail = "queue-voicemail",
    /// Another queue answers.
    QueueOverflowed = "queue-overflowed",
    /// The queue calls back: two records.
    QueueCallback = "queue-callback",
    /// The caller hangs up in the menu.
    Menu = "menu",
    /// Passed on unannounced: one record.
    TransferBlind = "transfer-blind",
    /// Passed on unannounced: two records.
    TransferBlindTwoRecords = "transfer-blind-two-records",
    /// Passed on after a consultation: two records.
    TransferWarm = "transfer-warm",
    /// Parked and picked up by a colleague.
    Park = "park",
    /// Two users on the bridge: two records with the session id `0`.
    Conference = "conference",
    /// A fax comes in.
    Fax = "fax",
    /// A fax goes out.
    FaxSent = "fax-sent",
    /// Two users talk.
    Internal = "internal",
    /// A colleague does not pick up.
    InternalMissed = "internal-missed",
    /// A user calls somebody outside.
    Outbound = "outbound",
    /// Nobody outside picks up.
    OutboundNoAnswer = "outbound-no-answer",
    /// The service calls both sides.
    RingOut = "ring-out",
    /// A colleague calls on a user's behalf.
    Delegated = "delegated",
    /// Answered, and put on hold for a while.
    Hold = "hold",
    /// Answered, and recorded.
    Recorded = "recorded",
    /// Answered, and ended after three to six hours.
    VeryLong = "very-long",
}

/// No scenario has this name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownScenario;

impl fmt::Display for UnknownScenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no such scenario")
    }
}

impl std::error::Error for UnknownScenario {}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Scenario {
    type Err = UnknownScenario;

    fn from_str(name: &str) -> Result<Self, UnknownScenario> {
        let mut all = Self::ALL.iter().copied();
        all.find(|scenario| scenario.name() == name).ok_or(UnknownScenario)
    }
}
