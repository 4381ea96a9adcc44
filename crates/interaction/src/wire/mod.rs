//! Records and legs as upstream writes them, read leniently in one pass.
//!
//! Every value is kept as raw JSON until it is read, so that a surprise costs the field and not the record.

mod json;

use std::borrow::Cow;

use callbook_model::ExtensionId;
use callbook_model::lenient::{Raw, integer, read, text};
use jiff::Timestamp;
use serde::de::MapAccess;

use json::{Members, Objects, object};

pub(crate) use json::Object;

/// A record or a leg: they share most fields.
#[derive(Debug, Clone, Default)]
pub(crate) struct Call<'a> {
    pub(crate) id: Text<'a>,
    pub(crate) session_id: Text<'a>,
    pub(crate) telephony_session_id: Text<'a>,
    /// Unix milliseconds.
    pub(crate) start_ms: Option<i64>,
    pub(crate) duration_ms: Option<i64>,
    seconds: Option<i64>,
    pub(crate) call_type: Text<'a>,
    pub(crate) direction: Text<'a>,
    pub(crate) action: Text<'a>,
    pub(crate) result: Text<'a>,
    pub(crate) reason: Text<'a>,
    pub(crate) leg_type: Text<'a>,
    pub(crate) transport: Text<'a>,
    pub(crate) master: bool,
    pub(crate) deleted: bool,
    pub(crate) extension: Option<ExtensionId>,
    pub(crate) from: Party<'a>,
    pub(crate) to: Party<'a>,
    pub(crate) recording: Option<Attachment<'a>>,
    pub(crate) message: Option<Attachment<'a>>,
    pub(crate) billing: Billing<'a>,
    /// `None` where there is no list of legs.
    pub(crate) legs: Option<Vec<Call<'a>>>,
    /// It was made of something else than a record of upstream's.
    pub(crate) imported: bool,
}

/// A text or a number, if it is one.
pub(crate) type Text<'a> = Option<Cow<'a, str>>;

/// One end.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Party<'a> {
    pub(crate) number: Text<'a>,
    pub(crate) extension_number: Text<'a>,
    pub(crate) extension: Option<ExtensionId>,
    pub(crate) name: Text<'a>,
    device: Text<'a>,
}

/// A recording or a message.
#[derive(Debug, Clone, Default)]
pub(crate) struct Attachment<'a> {
    pub(crate) id: Text<'a>,
    pub(crate) kind: Text<'a>,
}

/// Costs as they are written.
#[derive(Debug, Clone, Default)]
pub(crate) struct Billing<'a> {
    pub(crate) included: Text<'a>,
    pub(crate) purchased: Text<'a>,
}

/// Anything that is named by its id.
#[derive(Default)]
struct Named<'a> {
    id: Text<'a>,
}

impl Call<'_> {
    /// When it ended, if it began at `start_ms`: in Unix milliseconds, within what a timestamp can hold.
    pub(crate) fn end_ms(&self, start_ms: i64) -> i64 {
        let seconds_ms = || self.seconds.map(|seconds| seconds.saturating_mul(1000));
        let length_ms = self.duration_ms.or_else(seconds_ms).unwrap_or_default().max(0);
        start_ms.saturating_add(length_ms).min(Timestamp::MAX.as_millisecond())
    }
}

impl<'de> Members<'de> for Call<'de> {
    fn take<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<bool, A::Error> {
        match key {
            "id" => self.id = text(map.next_value()?),
            "sessionId" => self.session_id = text(map.next_value()?),
            "telephonySessionId" => self.telephony_session_id = text(map.next_value()?),
            "startTime" => self.start_ms = moment_ms(map.next_value()?),
            "duration" => self.seconds = integer(map.next_value()?),
            "durationMs" => self.duration_ms = integer(map.next_value()?),
            "type" => self.call_type = text(map.next_value()?),
            "direction" => self.direction = text(map.next_value()?),
            "action" => self.action = text(map.next_value()?),
            "result" => self.result = text(map.next_value()?),
            "reason" => self.reason = text(map.next_value()?),
            "legType" => self.leg_type = text(map.next_value()?),
            "transport" => self.transport = text(map.next_value()?),
            "master" => self.master = flag(map.next_value()?),
            "deleted" => self.deleted = flag(map.next_value()?),
            "extension" => self.extension = object::<Named<'_>, A>(map)?.and_then(|it| id(it.id)),
            "from" => self.from = object(map)?.unwrap_or_default(),
            "to" => self.to = object(map)?.unwrap_or_default(),
            "recording" => self.recording = object(map)?,
            "message" => self.message = object(map)?,
            "billing" => self.billing = object(map)?.unwrap_or_default(),
            "imported" => self.imported = map.next_value::<Raw<'_>>()?.is_some(),
            "legs" => self.legs = map.next_value::<Objects<Self>>()?.0,
            _ => return Ok(false),
        }
        Ok(true)
    }
}

impl<'de> Members<'de> for Party<'de> {
    fn take<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<bool, A::Error> {
        match key {
            "phoneNumber" => self.number = text(map.next_value()?),
            "extensionNumber" => self.extension_number = text(map.next_value()?),
            "extensionId" => self.extension = id(text(map.next_value()?)),
            "name" => self.name = text(map.next_value()?),
            "device" => self.device = object::<Named<'_>, A>(map)?.and_then(|it| it.id),
            _ => return Ok(false),
        }
        Ok(true)
    }
}

impl<'de> Members<'de> for Attachment<'de> {
    fn take<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<bool, A::Error> {
        match key {
            "id" => self.id = text(map.next_value()?),
            "type" => self.kind = text(map.next_value()?),
            _ => return Ok(false),
        }
        Ok(true)
    }
}

impl<'de> Members<'de> for Billing<'de> {
    fn take<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<bool, A::Error> {
        match key {
            "costIncluded" => self.included = text(map.next_value()?),
            "costPurchased" => self.purchased = text(map.next_value()?),
            _ => return Ok(false),
        }
        Ok(true)
    }
}

impl<'de> Members<'de> for Named<'de> {
    fn take<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<bool, A::Error> {
        let is_id = key == "id";
        if is_id {
            self.id = text(map.next_value()?);
        }
        Ok(is_id)
    }
}

fn id(text: Text<'_>) -> Option<ExtensionId> {
    text?.parse().ok()
}

fn moment_ms(field: Raw<'_>) -> Option<i64> {
    let moment: Timestamp = text(field)?.parse().ok()?;
    Some(moment.as_millisecond())
}

fn flag(field: Raw<'_>) -> bool {
    read(field).unwrap_or(false)
}
