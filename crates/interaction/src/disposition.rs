//! What became of a call.

use crate::ExtensionKind;
use crate::result::Ending;
use crate::row::{Disposition, Kind};
use crate::session::{Part, Session};

/// What became of a call whose records and legs are together.
pub(crate) fn disposition(session: &Session<'_, '_>) -> Disposition {
    match ending(session) {
        Ending::Failed => return Disposition::Failed,
        Ending::Blocked => return Disposition::Blocked,
        _ if is_answered(session) => return Disposition::Answered,
        _ => {}
    }
    let message = session.has_voice_message().then_some(Disposition::Voicemail);
    let told = telling(session).filter_map(meaning).chain(message).min();
    // Where those say nothing, any leg may.
    let of_any_leg = || session.parts.iter().filter_map(|part| meaning(part.ending)).min();
    told.or_else(of_any_leg).unwrap_or(Disposition::Unknown)
}

/// How the call ended as a whole: by its first record, else by its master leg.
fn ending(session: &Session<'_, '_>) -> Ending {
    match session.records[0].ending() {
        Ending::Other => session.master().ending,
        known => known,
    }
}

/// A person spoke. A record without legs cannot say who took a queue's call, so its own word counts.
fn is_answered(session: &Session<'_, '_>) -> bool {
    let delivered = |part: &Part<'_, '_>| part.ending == Ending::Delivered;
    let talked = |part: &Part<'_, '_>| {
        part.whole && part.ending == Ending::Talked && part.kind != Some(ExtensionKind::Menu)
    };
    match session.kind {
        Kind::Fax => session.parts.iter().any(delivered),
        Kind::Voice => session.answers().next().is_some() || session.parts.iter().any(talked),
    }
}

/// The endings that tell of the whole call: those of records, of master legs, and of queues and menus. Those of users'
/// legs tell of one user only.
fn telling(session: &Session<'_, '_>) -> impl Iterator<Item = Ending> {
    let records = session.records.iter().map(|record| record.ending());
    let wide = |part: &&Part<'_, '_>| part.master || !part.is_users();
    records.chain(session.parts.iter().filter(wide).map(|part| part.ending))
}

/// What an ending says where nobody answered.
fn meaning(ending: Ending) -> Option<Disposition> {
    match ending {
        Ending::Voicemail => Some(Disposition::Voicemail),
        Ending::CallbackRequested => Some(Disposition::CallbackRequested),
        Ending::Abandoned | Ending::HungUp => Some(Disposition::Abandoned),
        Ending::Declined => Some(Disposition::Declined),
        Ending::Busy => Some(Disposition::Busy),
        Ending::Missed | Ending::Machine => Some(Disposition::Missed),
        Ending::Talked
        | Ending::Stopped
        | Ending::Elsewhere
        | Ending::Blocked
        | Ending::Failed
        | Ending::InProgress
        | Ending::Delivered
        | Ending::Other => None,
    }
}
