//! What hangs on a record.

use super::Writer;
use super::json::Json;
use crate::ids;
use crate::plan::{Join, Note};
use crate::terms::RecordingMode;

impl Writer<'_> {
    /// What hangs on a record: a delegate, a recording, a message, another session.
    pub(super) fn attachments(&self, json: &mut Json) {
        self.delegate(json);
        if let Some(mode) = self.plan.recording.filter(|_| self.seen.hears) {
            self.recording(json, mode);
        }
        if self.plan.short_recording && self.seen.hears {
            json.yes("shortRecording");
        }
        if self.seen.reads {
            self.message(json);
        }
        let other = |number| self.plan.telephony.sibling(number).telephony_session_id();
        match self.plan.record.join {
            Some(Join::TransferTarget(number)) => json.object_at("transferTarget", |json| {
                json.text("telephonySessionId", &other(number));
            }),
            Some(Join::Transferee(number)) => json.object_at("transferee", |json| {
                json.text("telephonySessionId", &other(number));
            }),
            None => {}
        }
    }

    fn delegate(&self, json: &mut Json) {
        let people = self.company.people();
        if let Some(delegate) = self.plan.record.delegate {
            let delegate = people.desk(delegate);
            json.object_at("delegate", |json| {
                json.format("id", format_args!("{}", delegate.id));
                json.text("name", &delegate.name);
            });
            json.text("delegationType", "Coworker");
        } else if self.seen.desk.is_some() && self.seen.principal.queue.is_some() {
            json.text("delegationType", "QueueForwarding");
        }
    }

    pub(super) fn recording(&self, json: &mut Json, mode: RecordingMode) {
        let id = ids::recording_id(self.plan.call);
        json.object_at("recording", |json| {
            self.uris.recording(json, id);
            json.format("id", format_args!("{id}"));
            json.text("type", mode.as_str());
            self.uris.recording_content(json, id);
        });
    }

    fn message(&self, json: &mut Json) {
        let record = &self.plan.record;
        let (Some(note), Some(holder)) = (record.note, record.note_holder()) else { return };
        let id = ids::message_id(self.plan.call);
        let kind = match note {
            Note::Voicemail if self.oddities.one_in(20, 2) => "VideoMail",
            Note::Voicemail => "VoiceMail",
            Note::Fax => "Fax",
        };
        json.object_at("message", |json| {
            self.uris.message(json, self.company.people().desk(holder).id, id);
            json.format("id", format_args!("{id}"));
            json.text("type", kind);
        });
    }
}
