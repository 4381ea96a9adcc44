//! What was recorded or left.

use crate::row::{Kind, Recording};
use crate::session::{Session, moment};
use crate::wire::{Attachment, Text};

impl Session<'_, '_> {
    /// A voice message hangs on a record or leg.
    pub(crate) fn has_voice_message(&self) -> bool {
        let records = self.records.iter().map(|record| &record.call);
        let messages = records.chain(self.parts.iter().map(|part| part.call));
        let is_voice = |message: &Attachment<'_>| message.kind.as_deref() != Some("Fax");
        let mut messages = messages.filter_map(|call| call.message.as_ref());
        self.kind == Kind::Voice
            && messages.any(|message| message.id.is_some() && is_voice(message))
    }

    /// A voice message was left, as far as the log says.
    pub(crate) fn has_voicemail(&self) -> bool {
        let records = self.records.iter().map(|record| &record.call);
        let mut results = records.chain(self.parts.iter().map(|part| part.call));
        self.has_voice_message() || results.any(|call| call.result.as_deref() == Some("Voicemail"))
    }
}

/// Each recording once: with the leg that people spoke on if that names it, else another, else the record.
pub(crate) fn recordings<'a>(session: &Session<'_, 'a>) -> Vec<Recording<'a>> {
    let mut found: Vec<Recording<'a>> = Vec::new();
    for spans in [false, true] {
        for (order, part) in session.parts.iter().enumerate() {
            if part.spans != spans {
                continue;
            }
            let row = |id, kind| Recording {
                id,
                call: session.records[part.record].id_text(),
                leg: Some(order as u32),
                started: moment(part.start_ms),
                duration_ms: part.end_ms - part.start_ms,
                kind,
            };
            add(&mut found, part.recording, row);
        }
    }
    for record in &session.records {
        let row = |id, kind| Recording {
            id,
            call: record.id_text(),
            leg: None,
            started: moment(record.start_ms),
            duration_ms: record.end_ms() - record.start_ms,
            kind,
        };
        add(&mut found, record.call.recording.as_ref(), row);
    }
    found.sort_by_key(|recording| recording.started);
    found
}

fn add<'a>(
    found: &mut Vec<Recording<'a>>,
    named: Option<&Attachment<'a>>,
    row: impl FnOnce(std::borrow::Cow<'a, str>, Text<'a>) -> Recording<'a>,
) {
    let Some(named) = named else { return };
    let Some(id) = named.id.clone().filter(|id| !id.is_empty()) else { return };
    if !found.iter().any(|known| known.id == id) {
        found.push(row(id, named.kind.clone()));
    }
}
