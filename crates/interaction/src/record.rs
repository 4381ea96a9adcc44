//! A record, read once.

use std::borrow::Cow;

use crate::wire::{Call, Object};

/// A record of an account's call log.
#[derive(Debug, Clone)]
pub struct Record<'a> {
    pub(crate) call: Call<'a>,
    id: Cow<'a, str>,
    pub(crate) start_ms: i64,
}

impl<'a> Record<'a> {
    /// Reads a record's JSON, with legs or without. Only an id and a start are indispensable: anything else that is
    /// missing or odd counts as absent. `None` where not even those can be read.
    #[must_use]
    pub fn read(json: &'a str) -> Option<Self> {
        let call: Call<'a> = serde_json::from_str::<Object<_>>(json).ok()?.0?;
        let id = call.id.clone().filter(|id| !id.is_empty())?;
        Some(Self { id, start_ms: call.start_ms?, call })
    }

    /// Its id in the account's log.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What joins the records of one interaction: `telephonySessionId`, else `sessionId`, which conferences share as
    /// `0`, else the record's own id.
    #[must_use]
    pub fn session(&self) -> &Cow<'a, str> {
        let joins = |id: &&Cow<'_, str>| !id.is_empty() && **id != "0";
        let call = &self.call;
        let sessions = [&call.telephony_session_id, &call.session_id];
        sessions.into_iter().flatten().find(joins).unwrap_or(&self.id)
    }

    pub(crate) fn id_text(&self) -> Cow<'a, str> {
        self.id.clone()
    }

    pub(crate) fn end_ms(&self) -> i64 {
        self.call.end_ms(self.start_ms)
    }
}
