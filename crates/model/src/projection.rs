//! A record of the company's log as an extension's own log would have it.
//!
//! Upstream keeps a log for each extension, where a call looks as that extension had it: an internal call is
//! Outbound to one and Inbound to the other; a queue sees whom it rang; who was transferred to, sees nothing of
//! before. An archive of the company's log alone has the legs, and from them the same is made here. Values are taken
//! over as they are written; only what spans several legs is computed.

use std::borrow::Cow;

use serde_json::value::RawValue;

use crate::document::members;
use crate::lenient::{Raw, list, object, read, text};
use crate::record::WireCall;
use crate::{ExtensionId, Party};

/// Members that are those of the leg that tells how the call went for the extension.
const OF_THE_LEG: [&str; 9] = [
    "internalType",
    "direction",
    "action",
    "result",
    "reason",
    "reasonDescription",
    "to",
    "from",
    "transport",
];

/// How a queue's legs offer a call to its members.
const OFFERS: [&str; 2] = ["Hunting", "Ring Directly"];

/// A call as an extension had it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Projected {
    /// When it began for the extension, milliseconds since 1970-01-01T00:00:00Z.
    pub start_ms: i64,
    /// The Detailed record.
    pub json: String,
    /// The part of a call that was passed on to the extension by its telephony session: it may have a record of its
    /// own as well, see [`Projected::repeats`].
    pub passed_on: Option<String>,
    /// `telephonySessionId`.
    session: Option<String>,
}

impl Projected {
    /// Whether `other`, which was made for the same extension, is the record of this very part of a call. Of the two
    /// the extension had `other`.
    #[must_use]
    pub fn repeats(&self, other: &Self) -> bool {
        self.passed_on.is_some()
            && other.passed_on.is_none()
            && self.passed_on == other.session
            && self.start_ms == other.start_ms
    }
}

/// The id that a record of the company's log has in an extension's: always the same, and no other record's.
#[must_use]
pub fn projected_id(id: &str, extension: ExtensionId) -> String {
    format!("{id}-{extension}")
}

/// What [`projected_id`] was made from, if it was for this extension.
#[must_use]
pub fn unprojected_id(id: &str, extension: ExtensionId) -> Option<&str> {
    id.strip_suffix(&extension.to_string())?.strip_suffix('-')
}

/// One leg, and its text's members.
struct Leg<'a> {
    wire: WireCall<'a>,
    members: Vec<(String, &'a RawValue)>,
    text: &'a str,
}

/// A Detailed record of the company's log as `extension` had the call; `None` if it took no part, or the text cannot
/// be read.
#[must_use]
pub fn project(record: &str, extension: ExtensionId) -> Option<Projected> {
    let call: WireCall<'_> = object(record)?;
    let legs: Vec<Leg<'_>> = list(call.legs).into_iter().filter_map(Leg::read).collect();
    let own = own_legs(&legs, extension);
    let top = Leg { members: members(record)?, text: record, wire: call };
    if own.is_empty() && !takes_part(&top.wire, extension) {
        return None;
    }
    let is_all = own.len() == legs.len();
    let view = View { top: &top, own: &own, is_all, extension };
    let session = text(top.wire.telephony_session_id).map(Cow::into_owned);
    let passed_on = session.clone().filter(|_| view.is_passed_on());
    Some(Projected { start_ms: view.start_ms()?, json: view.write()?, passed_on, session })
}

impl<'a> Leg<'a> {
    fn read(raw: &'a RawValue) -> Option<Self> {
        Some(Self { wire: object(raw.get())?, members: members(raw.get())?, text: raw.get() })
    }

    fn is_of(&self, extension: ExtensionId) -> bool {
        self.wire.extension_id() == Some(extension)
    }

    fn is_offer(&self) -> bool {
        text(self.wire.action).is_some_and(|action| OFFERS.contains(&&*action))
    }

    /// Somebody spoke on it.
    fn is_answered(&self) -> bool {
        let result = text(self.wire.result);
        let taken_back = text(self.wire.reason)
            .is_some_and(|reason| ["Stopped", "Connected"].contains(&&*reason));
        matches!(result.as_deref(), Some("Accepted" | "Call connected")) && !taken_back
    }

    fn member(&self, name: &str) -> Option<&'a RawValue> {
        self.members.iter().find(|(key, _)| key == name).map(|(_, value)| *value)
    }
}

/// The legs of an extension, and those that it offered the call on.
fn own_legs<'a, 'b>(legs: &'b [Leg<'a>], extension: ExtensionId) -> Vec<&'b Leg<'a>> {
    let mut offers = false;
    let concerns = |leg: &&Leg<'a>| {
        if leg.is_of(extension) {
            offers = !leg.is_offer();
            return true;
        }
        offers &= leg.is_offer();
        offers
    };
    legs.iter().filter(concerns).collect()
}

/// A record without legs still says who called whom.
fn takes_part(call: &WireCall<'_>, extension: ExtensionId) -> bool {
    let is_party = |field| Party::decode(field).extension_id == Some(extension);
    call.extension_id() == Some(extension) || is_party(call.from) || is_party(call.to)
}

struct View<'a, 'b> {
    top: &'b Leg<'a>,
    own: &'b [&'b Leg<'a>],
    /// The record has no other legs.
    is_all: bool,
    extension: ExtensionId,
}

impl<'a> View<'a, '_> {
    /// What tells how the call went: the record itself if it is all the extension's, else the leg that the extension
    /// spoke on, or its first.
    fn principal(&self) -> &Leg<'a> {
        if self.is_all {
            return self.top;
        }
        let own = || self.own.iter().filter(|leg| leg.is_of(self.extension));
        own().find(|leg| leg.is_answered()).or_else(|| own().next()).unwrap_or(&self.top)
    }

    /// The extension's first leg is the call's as well.
    fn is_whole(&self) -> bool {
        self.own.first().is_none_or(|leg| read(leg.wire.master).unwrap_or(false))
    }

    /// The extension came in by a transfer, after the call had begun.
    fn is_passed_on(&self) -> bool {
        let is_transfer = |leg: &&Leg<'_>| text(leg.wire.action).as_deref() == Some("Transfer");
        self.start_ms() > self.top.wire.start_ms() && self.own.first().is_some_and(is_transfer)
    }

    fn is_heard(&self) -> bool {
        self.own.is_empty() || self.own.iter().any(|leg| leg.is_answered())
    }

    fn first(&self) -> &Leg<'a> {
        let first = self.own.iter().min_by_key(|leg| leg.wire.start_ms().unwrap_or(i64::MAX));
        first.filter(|leg| leg.wire.start_ms().is_some()).unwrap_or(&self.top)
    }

    fn start_ms(&self) -> Option<i64> {
        self.first().wire.start_ms().or_else(|| self.top.wire.start_ms())
    }

    /// From the first leg's beginning to the last one's end.
    fn duration_ms(&self) -> Option<i64> {
        let ends =
            self.own.iter().filter_map(|leg| Some(leg.wire.start_ms()? + leg.wire.duration_ms()));
        Some(ends.max()? - self.start_ms()?)
    }

    fn write(&self) -> Option<String> {
        let (principal, mut out) = (self.principal(), Object::new());
        for (name, value) in &self.top.members {
            match name.as_str() {
                // Other than the account's, and not known.
                "partyId" => {}
                "id" => out.text("id", &projected_id(&text(Some(value))?, self.extension)),
                "uri" => out.raw("uri", &self.uri(value)),
                "startTime" => {
                    out.raw(name, self.first().member("startTime").unwrap_or(value).get());
                }
                "duration" | "durationMs" => out.raw(name, &self.duration(name, value)),
                "direction" => {
                    out.raw(name, &self.direction(principal, value));
                    self.reasons(principal, &mut out);
                }
                "reason" | "reasonDescription" => {}
                "extension" => self.extension(&mut out),
                "recording" => out.optional(name, self.recording(value)),
                // The call's, not a part's of it.
                "billing" => out.optional(name, self.is_whole().then_some(value)),
                "shortRecording" => out.optional(name, self.is_heard().then_some(value)),
                "message" => out.optional(name, self.message(value).then_some(value)),
                "legs" => out.raw("legs", &self.legs()),
                _ if OF_THE_LEG.contains(&name.as_str()) => {
                    out.optional(name, principal.member(name));
                }
                _ => out.raw(name, value.get()),
            }
        }
        if self.top.member("extension").is_none() {
            self.extension(&mut out);
        }
        Some(out.finish())
    }
}

/// Which members are those of whom.
impl<'a> View<'a, '_> {
    fn reasons(&self, principal: &Leg<'a>, out: &mut Object) {
        for name in ["reason", "reasonDescription"] {
            out.optional(name, principal.member(name));
        }
    }

    fn direction(&self, principal: &Leg<'a>, top: &'a RawValue) -> String {
        if self.own.is_empty() {
            let is_caller = Party::decode(self.top.wire.from).extension_id == Some(self.extension);
            let is_called = Party::decode(self.top.wire.to).extension_id == Some(self.extension);
            match (is_caller, is_called) {
                (true, false) => return "\"Outbound\"".to_owned(),
                (false, true) => return "\"Inbound\"".to_owned(),
                _ => {}
            }
        }
        principal.member("direction").unwrap_or(top).get().to_owned()
    }

    fn duration(&self, name: &str, top: &'a RawValue) -> String {
        match (self.own, self.duration_ms()) {
            ([leg], _) if leg.member(name).is_some() => {
                leg.member(name).unwrap_or(top).get().to_owned()
            }
            (_, Some(ms)) if name == "durationMs" => ms.to_string(),
            (_, Some(ms)) => (ms / 1_000).to_string(),
            _ => top.get().to_owned(),
        }
    }

    fn extension(&self, out: &mut Object) {
        let of_a_leg = self.own.iter().find(|leg| leg.is_of(self.extension));
        let known = of_a_leg.copied().or(Some(self.top).filter(|top| top.is_of(self.extension)));
        match known.and_then(|leg| leg.member("extension")) {
            Some(extension) => out.raw("extension", extension.get()),
            None => out.raw("extension", &format!("{{\"id\":{}}}", self.extension)),
        }
    }

    /// The sound of a leg of one's own.
    fn recording(&self, top: &'a RawValue) -> Option<&'a RawValue> {
        if self.own.is_empty() {
            return Some(top);
        }
        self.own.iter().find_map(|leg| leg.member("recording"))
    }

    /// Whether the record's message is in the extension's message store.
    fn message(&self, message: &RawValue) -> bool {
        message.get().contains(&format!("/extension/{}/", self.extension))
    }

    fn uri(&self, top: &RawValue) -> String {
        let uri = top.get();
        let Some((base, rest)) = uri.split_once("/call-log/") else { return uri.to_owned() };
        let end = rest.find(['?', '"', '\\']).unwrap_or(rest.len());
        let id = projected_id(&rest[..end], self.extension);
        format!("{base}/extension/{}/call-log/{id}{}", self.extension, &rest[end..])
    }

    /// The first of them is the master's.
    fn legs(&self) -> String {
        let mut legs = String::from("[");
        for (place, leg) in self.own.iter().enumerate() {
            if place > 0 {
                legs.push(',');
            }
            match (place, leg.member("master").is_some()) {
                (0, true) | (1.., false) => legs.push_str(leg.text),
                (first, _) => legs.push_str(&leg.with_master(first == 0)),
            }
        }
        legs.push(']');
        legs
    }
}

impl Leg<'_> {
    fn with_master(&self, master: bool) -> String {
        let mut out = Object::new();
        for (name, value) in self.members.iter().filter(|(name, _)| name != "master") {
            out.raw(name, value.get());
        }
        if master {
            out.raw("master", "true");
        }
        out.finish()
    }
}

/// An object's text as it grows.
struct Object(String);

impl Object {
    fn new() -> Self {
        Self(String::from("{"))
    }

    fn raw(&mut self, name: &str, value: &str) {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        self.0.push_str(&serde_json::Value::from(name).to_string());
        self.0.push(':');
        self.0.push_str(value);
    }

    fn text(&mut self, name: &str, value: &str) {
        self.raw(name, &serde_json::Value::from(value).to_string());
    }

    fn optional(&mut self, name: &str, value: Raw<'_>) {
        if let Some(value) = value {
            self.raw(name, value.get());
        }
    }

    fn finish(mut self) -> String {
        self.0.push('}');
        self.0
    }
}
