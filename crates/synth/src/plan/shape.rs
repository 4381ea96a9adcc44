//! The choice of what happens, and how often.

use super::{Stage, callback, conference, direct, fax, internal, outbound, park, queue, transfer};
use crate::plan::RecordPlan;
use crate::scenario::Scenario;
use crate::schedule::Slot;

/// Makes the records of one interaction.
type Shape = fn(&mut Stage<'_>) -> Vec<RecordPlan>;

/// Shapes that leave one record, with their weights while the company is open …
const OPEN: &[(Shape, u32)] = &[
    (direct::answered, 170),
    (direct::find_me, 50),
    (direct::missed, 45),
    (direct::voicemail, 45),
    (direct::hung_up, 15),
    (direct::declined, 10),
    (direct::busy, 8),
    (direct::blocked, 10),
    (direct::offline, 4),
    (queue::answered, 190),
    (queue::abandoned, 28),
    (queue::voicemail, 14),
    (queue::overflowed, 14),
    (queue::callback_requested, 5),
    (queue::left_in_menu, 10),
    (transfer::blind, 20),
    (park::parked, 7),
    (fax::received, 10),
    (fax::receive_failed, 4),
    (fax::sent, 10),
    (fax::send_failed, 4),
    (outbound::connected, 165),
    (outbound::unanswered, 40),
    (outbound::busy, 10),
    (outbound::failed, 8),
    (outbound::ring_out, 14),
    (outbound::delegated, 6),
    (internal::answered, 65),
    (internal::missed, 16),
    (internal::voicemail, 9),
];

/// … and while it is closed.
const CLOSED: &[(Shape, u32)] = &[
    (direct::answered, 70),
    (direct::find_me, 60),
    (direct::missed, 120),
    (direct::voicemail, 220),
    (direct::hung_up, 40),
    (direct::blocked, 30),
    (queue::answered, 40),
    (queue::abandoned, 40),
    (queue::voicemail, 120),
    (queue::left_in_menu, 60),
    (fax::received, 60),
    (outbound::connected, 80),
    (outbound::unanswered, 30),
    (internal::answered, 20),
    (internal::missed, 10),
];

/// Shapes that leave two records.
const PAIRS: &[(Shape, u32)] = &[
    (transfer::blind_in_two_records, 30),
    (transfer::warm, 35),
    (conference::held, 20),
    (callback::made, 15),
];

/// Shapes for the first user's guaranteed calls.
const PINNED: &[(Shape, u32)] =
    &[(direct::answered, 4), (direct::voicemail, 2), (outbound::connected, 4), (direct::missed, 1)];

/// What a scenario's name stands for.
const fn named(scenario: Scenario) -> Shape {
    match scenario {
        Scenario::Answered => direct::answered,
        Scenario::Missed => direct::missed,
        Scenario::Voicemail => direct::voicemail,
        Scenario::HungUp => direct::hung_up,
        Scenario::Declined => direct::declined,
        Scenario::Busy => direct::busy,
        Scenario::Blocked => direct::blocked,
        Scenario::FindMe => direct::find_me,
        Scenario::QueueAnswered => queue::answered,
        Scenario::QueueAbandoned => queue::abandoned,
        Scenario::QueueVoicemail => queue::voicemail,
        Scenario::QueueOverflowed => queue::overflowed,
        Scenario::QueueCallback => callback::made,
        Scenario::Menu => queue::left_in_menu,
        Scenario::TransferBlind => transfer::blind,
        Scenario::TransferBlindTwoRecords => transfer::blind_in_two_records,
        Scenario::TransferWarm => transfer::warm,
        Scenario::Park => park::parked,
        Scenario::Conference => conference::held,
        Scenario::Fax => fax::received,
        Scenario::FaxSent => fax::sent,
        Scenario::Internal => internal::answered,
        Scenario::InternalMissed => internal::missed,
        Scenario::Outbound => outbound::connected,
        Scenario::OutboundNoAnswer => outbound::unanswered,
        Scenario::RingOut => outbound::ring_out,
        Scenario::Delegated => outbound::delegated,
        Scenario::Hold => direct::held,
        Scenario::Recorded => direct::recorded,
        Scenario::VeryLong => direct::very_long,
    }
}

/// Makes the interaction of a name.
pub(super) fn force(stage: &mut Stage<'_>, scenario: Scenario) -> Vec<RecordPlan> {
    named(scenario)(stage)
}

/// Makes the interaction that belongs to a slot.
pub(super) fn choose(stage: &mut Stage<'_>, slot: &Slot) -> Vec<RecordPlan> {
    let shapes = match (slot.parts, slot.pinned, slot.open) {
        (2, _, _) => PAIRS,
        (_, true, _) => PINNED,
        (_, _, true) => OPEN,
        (_, _, false) => CLOSED,
    };
    let shape = stage.draw.weighted(shapes);
    shape(stage)
}
