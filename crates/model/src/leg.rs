//! The legs of a call: each attempt to reach somebody, in order of time.

use crate::lenient::{list, object, read, text};
use crate::record::{Party, WireCall};
use crate::{ExtensionId, lenient::Raw};

/// One leg of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leg {
    /// When it began, milliseconds since 1970-01-01T00:00:00Z; `None` if upstream does not say.
    pub start_ms: Option<i64>,
    /// How long it lasted, milliseconds.
    pub duration_ms: i64,
    /// What kind of attempt, such as `PstnToSip`, `FindMe`, `TransferCall`.
    pub leg_type: Option<String>,
    /// `Inbound` or `Outbound`.
    pub direction: Option<String>,
    /// The operation, such as `Phone Call`.
    pub action: Option<String>,
    /// How it ended.
    pub result: Option<String>,
    /// Why it ended so.
    pub reason: Option<String>,
    /// Whose leg it is.
    pub extension_id: Option<ExtensionId>,
    /// Who called.
    pub from: Party,
    /// Who was called.
    pub to: Party,
    /// The leg that stands for the whole call.
    pub master: bool,
    /// It has a recording.
    pub recorded: bool,
}

/// The legs of a Detailed record, earliest first; none when the JSON has none that can be read.
pub fn legs(record: &str) -> Vec<Leg> {
    let Some(wire) = object::<WireCall<'_>>(record) else { return Vec::new() };
    let mut legs: Vec<Leg> = list(wire.legs)
        .into_iter()
        .filter_map(|leg| object(leg.get()))
        .map(|leg| Leg::from_wire(&leg))
        .collect();
    legs.sort_by_key(|leg| leg.start_ms);
    legs
}

impl Leg {
    fn from_wire(wire: &WireCall<'_>) -> Self {
        let string = |field: Raw<'_>| text(field).map(std::borrow::Cow::into_owned);
        Self {
            start_ms: wire.start_ms(),
            duration_ms: wire.duration_ms(),
            leg_type: string(wire.leg_type),
            direction: string(wire.direction),
            action: string(wire.action),
            result: string(wire.result),
            reason: string(wire.reason),
            extension_id: wire.extension_id(),
            from: Party::decode(wire.from),
            to: Party::decode(wire.to),
            master: read(wire.master).unwrap_or(false),
            recorded: wire.has_recording(),
        }
    }
}
