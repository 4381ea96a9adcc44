//! What is said of a session, in the shapes of the contract.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::part::{Part, Step};
use super::{Happening, Session};
use crate::plan::{Party, party_number};
use crate::terms::{Departure, PartyStatus};

/// Which of upstream's machines tells of it: an address that no machine has.
const SERVER_ID: &str = "192.0.2.10.SBX";

impl Session<'_> {
    /// `TelephonySessionsEventBody`.
    #[must_use]
    pub fn event_body(&self, happening: &Happening) -> Value {
        let part = &self.parts[happening.part];
        json!({
            "sequence": happening.sequence,
            "sessionId": self.session_id,
            "telephonySessionId": self.id(),
            "serverId": SERVER_ID,
            "eventTime": instant(happening.at_ms),
            "parties": [self.event_party(part, &part.steps[happening.step])],
            "origin": { "type": self.origin },
        })
    }

    /// `CallSessionObject` at a moment, in Unix milliseconds.
    #[must_use]
    pub fn status_json(&self, now_ms: i64) -> Value {
        let last = self.happenings.iter().take_while(|each| each.at_ms <= now_ms).last();
        let parties = self.parts.iter().filter_map(|part| {
            let taken = part.steps.iter().take_while(|step| self.at_ms(step) <= now_ms);
            let step = taken.last()?;
            let mut party = self.party(part, step);
            party["attributes"] = json!({ "queueCall": part.queue_call });
            Some(party)
        });
        json!({
            "id": self.id(),
            "origin": { "type": self.origin },
            "creationTime": instant(last.map_or(now_ms, |last| last.at_ms)),
            "parties": parties.collect::<Vec<_>>(),
        })
    }

    /// `ActiveCallInfo`.
    pub(super) fn active_call(&self, part: &Part, telephony_status: &str) -> Value {
        let (from, to) = (self.end(part.from), self.end(part.to));
        let mut call = json!({
            "id": self.session_id,
            "direction": part.direction.as_str(),
            "queueCall": part.queue_call,
            "startTime": instant(self.base_ms + part.steps.first().map_or(0, |step| step.at_ms.into())),
            "telephonyStatus": telephony_status,
            "sessionId": self.session_id,
            "telephonySessionId": self.id(),
            "partyId": self.key.party_id(part.number),
        });
        for (end, number, name) in [(from, "from", "fromName"), (to, "to", "toName")] {
            for (field, key) in [("phoneNumber", number), ("name", name)] {
                if let Some(value) = end.get(field) {
                    call[key] = value.clone();
                }
            }
        }
        call
    }

    /// `TelephonySessionsEventPartyInfo`.
    fn event_party(&self, part: &Part, step: &Step) -> Value {
        let mut party = self.party(part, step);
        party["queueCall"] = part.queue_call.into();
        let told = matches!(step.status, PartyStatus::Disconnected | PartyStatus::VoiceMail);
        party["missedCall"] = (part.missed && told).into();
        party
    }

    /// What both forms of a party have in common.
    fn party(&self, part: &Part, step: &Step) -> Value {
        let people = self.company.people();
        let mut party = json!({
            "id": self.key.party_id(part.number),
            "direction": part.direction.as_str(),
            "from": self.end(part.from),
            "to": self.end(part.to),
            "status": self.status(part, step),
            "standAlone": false,
            "muted": false,
        });
        if let Some(desk) = part.desk {
            party["accountId"] = people.account_id.to_string().into();
            party["extensionId"] = people.desk(desk).id.to_string().into();
        }
        if self.origin == "Conference" {
            party["conferenceRole"] = if part.is_host { "Host" } else { "Participant" }.into();
        }
        if step.status == PartyStatus::Parked {
            party["park"] = json!({ "id": park_id(part) });
        }
        let speaks = step.status == PartyStatus::Answered && part.is_user;
        if let Some(id) = self.recording.filter(|_| speaks) {
            party["recordings"] = json!([{ "id": id.to_string(), "active": true }]);
        }
        party
    }

    /// `CallStatusInfo`.
    fn status(&self, part: &Part, step: &Step) -> Value {
        let mut status = json!({
            "code": step.status.as_str(),
            "rcc": self.origin == "Conference",
        });
        if let Some(reason) = step.reason {
            status["reason"] = reason.as_str().into();
        }
        if step.status == PartyStatus::Parked {
            status["parkData"] = park_data(part, step).into();
        }
        if let Some(key) = self.successor.filter(|_| step.status == PartyStatus::Gone) {
            status["peerId"] = json!({
                "sessionId": key.session_id().to_string(),
                "telephonySessionId": key.telephony_session_id(),
                "partyId": key.party_id(part.desk.map_or(part.number, party_number)),
            });
        }
        status
    }

    /// `CallPartyShortInfo`: numbers as they are dialled.
    fn end(&self, party: Party) -> Value {
        let people = self.company.people();
        let number = |number: u32| people.numbers[number as usize].number.as_str();
        match party {
            Party::Contact(contact) => {
                let contact = &self.company.contacts()[contact as usize];
                let mut end = json!({ "phoneNumber": contact.number });
                if let Some(name) = &contact.name {
                    end["name"] = name.as_str().into();
                }
                end
            }
            Party::Withheld => json!({ "name": "Anonymous" }),
            Party::Number(position) => {
                let mut end = json!({ "phoneNumber": number(position) });
                if let Some(desk) = people.numbers[position as usize].desk {
                    let desk = people.desk(desk);
                    end["name"] = desk.name.as_str().into();
                    end["extensionId"] = desk.id.to_string().into();
                }
                end
            }
            Party::Direct(desk) | Party::Desk(desk) | Party::Device(desk, _) => {
                let desk = people.desk(desk);
                let direct = desk.direct.filter(|_| matches!(party, Party::Direct(_)));
                let phone_number = direct.map_or(desk.number.as_str(), number);
                json!({
                    "phoneNumber": phone_number, "name": desk.name, "extensionId": desk.id.to_string(),
                })
            }
            Party::Mobile(desk) => {
                let desk = people.desk(desk);
                json!({ "phoneNumber": desk.mobile, "name": desk.name })
            }
            Party::Bridge => json!({ "name": "Conference Bridge" }),
        }
    }

    fn at_ms(&self, step: &Step) -> i64 {
        self.base_ms + i64::from(step.at_ms)
    }
}

/// One of ten parking places.
fn park_id(part: &Part) -> String {
    (801 + part.number % 10).to_string()
}

/// What a colleague dials to take the call.
fn park_data(part: &Part, step: &Step) -> String {
    match step.reason {
        Some(Departure::ParkLocation) => park_id(part),
        _ => format!("*{}", park_id(part)),
    }
}

fn instant(unix_ms: i64) -> String {
    format!("{:.3}", Timestamp::from_millisecond(unix_ms).unwrap_or_default())
}
