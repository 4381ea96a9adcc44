//! What a subscription is about, as the paths of event filters say it.

use std::borrow::Cow;

use callbook_model::{AccountId, ExtensionId, Scope};
use jiff::SignedDuration;
use serde_json::Value;

use super::event::{Event, Topic};
use crate::params::{Param, Params};

const THRESHOLD: Param<u32> =
    Param::number("threshold", 1..=u32::MAX, "How long before the end to remind, in seconds.");

const INTERVAL: Param<u32> =
    Param::number("interval", 1..=u32::MAX, "How often to remind from then on, in seconds.");

const DETAILED: Param<bool> =
    Param::flag("detailedTelephonyState", "Presence tells of each call.").or("false");

const DIRECTION: Param<String> = Param::text("direction", "Only parties of this direction.");

const WITH_RECORDINGS: Param<bool> =
    Param::flag("withRecordings", "Only parties that are recorded.").or("false");

/// One event filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EventFilter {
    /// Its path, with the ids that `~` stood for.
    pub(crate) text: String,
    pub(crate) wish: Wish,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wish {
    /// To hear of a topic, in the whole company or in one extension.
    Events { topic: Topic, scope: Scope, only: Only },
    /// To be reminded that the subscription will end: first `threshold` ahead, then each `interval`.
    Reminder { threshold: SignedDuration, interval: SignedDuration },
}

/// What a filter's query leaves out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Only {
    /// Presence: with the calls that somebody is on.
    detailed: bool,
    /// Sessions: with a party that is in one of these states, whichever it is if there are none.
    status_codes: Vec<String>,
    /// Sessions: with a party in this direction.
    direction: Option<String>,
    /// Sessions: with a recording.
    with_recordings: bool,
}

/// Why a text is no filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FilterError {
    /// Nothing that can be subscribed to.
    Unknown,
    /// Of another company.
    OtherAccount,
}

impl EventFilter {
    /// Reads a filter of somebody who is meant by `~`.
    pub(crate) fn parse(
        text: &str,
        account: AccountId,
        user: ExtensionId,
    ) -> Result<Self, FilterError> {
        let (path, query) = text.split_once('?').unwrap_or((text, ""));
        let params = Params::parse(query);
        let path = path.strip_prefix("/restapi/v1.0/").ok_or(FilterError::Unknown)?;
        let segments: Vec<&str> = path.split('/').collect();
        let (scope, resource) = match *segments.as_slice() {
            ["subscription", "~"] => {
                return Ok(Self { text: text.to_owned(), wish: Wish::reminder(&params)? });
            }
            ["account", of, "extension", id, ref resource @ ..] => {
                check_account(of, account)?;
                let id = if id == "~" { Ok(user) } else { id.parse() };
                (Scope::Extension(id.map_err(|_| FilterError::Unknown)?), resource)
            }
            ["account", of, ref resource @ ..] => {
                check_account(of, account)?;
                (Scope::Account, resource)
            }
            _ => return Err(FilterError::Unknown),
        };
        let topic = topic(resource).ok_or(FilterError::Unknown)?;
        let only = Only::parse(&params).ok_or(FilterError::Unknown)?;
        let text = canonical(account, scope, resource, query);
        Ok(Self { text, wish: Wish::Events { topic, scope, only } })
    }

    /// Whether somebody who has this filter is told of an event.
    pub(crate) fn takes(&self, event: &Event) -> bool {
        let Wish::Events { topic, scope, only } = &self.wish else { return false };
        let concerned = match scope {
            Scope::Account => true,
            Scope::Extension(extension) => event.extensions.contains(extension),
        };
        *topic == event.topic && concerned && only.takes(event)
    }

    /// What they are told of it.
    pub(crate) fn body<'a>(&self, event: &'a Event) -> Cow<'a, Value> {
        let detailed = matches!(&self.wish, Wish::Events { only, .. } if only.detailed);
        if event.topic == Topic::Presence && !detailed && event.body.get("activeCalls").is_some() {
            let mut body = event.body.clone();
            if let Some(fields) = body.as_object_mut() {
                fields.remove("activeCalls");
            }
            return Cow::Owned(body);
        }
        Cow::Borrowed(&event.body)
    }

    /// The log whose changes this is about.
    pub(crate) fn call_log(&self) -> Option<Scope> {
        match self.wish {
            Wish::Events { topic: Topic::CallLog, scope, .. } => Some(scope),
            _ => None,
        }
    }
}

impl Wish {
    fn reminder(params: &Params) -> Result<Self, FilterError> {
        let seconds = |param: &Param<u32>| {
            let seconds = params.value(param).ok()?;
            Some(SignedDuration::from_secs(seconds.into()))
        };
        let (threshold, interval) = (seconds(&THRESHOLD), seconds(&INTERVAL));
        let both = threshold.zip(interval).ok_or(FilterError::Unknown)?;
        Ok(Self::Reminder { threshold: both.0, interval: both.1 })
    }
}

impl Only {
    /// Parameters that are not known leave nothing out.
    fn parse(params: &Params) -> Option<Self> {
        let codes = params.texts("statusCode").flat_map(|value| value.split(','));
        Some(Self {
            detailed: params.value(&DETAILED).ok()?,
            status_codes: codes.filter(|code| !code.is_empty()).map(str::to_owned).collect(),
            direction: params.given(&DIRECTION).ok()?,
            with_recordings: params.value(&WITH_RECORDINGS).ok()?,
        })
    }

    fn takes(&self, event: &Event) -> bool {
        if event.topic != Topic::TelephonySessions {
            return true;
        }
        let parties = event.body["parties"].as_array().map_or(&[][..], Vec::as_slice);
        let is = |value: &Value, wanted: &str| {
            value.as_str().is_some_and(|value| value.eq_ignore_ascii_case(wanted))
        };
        let fits = |party: &Value| {
            let code = &party["status"]["code"];
            let recorded = party["recordings"].as_array().is_some_and(|all| !all.is_empty());
            (self.status_codes.is_empty()
                || self.status_codes.iter().any(|wanted| is(code, wanted)))
                && self.direction.as_ref().is_none_or(|wanted| is(&party["direction"], wanted))
                && (recorded || !self.with_recordings)
        };
        *self == Self::default() || parties.iter().any(fits)
    }
}

fn check_account(text: &str, account: AccountId) -> Result<(), FilterError> {
    match text.parse::<AccountId>() {
        _ if text == "~" => Ok(()),
        Ok(id) if id == account => Ok(()),
        Ok(_) => Err(FilterError::OtherAccount),
        Err(_) => Err(FilterError::Unknown),
    }
}

fn topic(resource: &[&str]) -> Option<Topic> {
    match resource {
        ["telephony", "sessions"] => Some(Topic::TelephonySessions),
        ["presence"] => Some(Topic::Presence),
        ["call-log"] => Some(Topic::CallLog),
        _ => None,
    }
}

fn canonical(account: AccountId, scope: Scope, resource: &[&str], query: &str) -> String {
    let extension = match scope {
        Scope::Account => String::new(),
        Scope::Extension(id) => format!("/extension/{id}"),
    };
    let mark = if query.is_empty() { "" } else { "?" };
    let resource = resource.join("/");
    format!("/restapi/v1.0/account/{account}{extension}/{resource}{mark}{query}")
}

#[cfg(test)]
mod tests;
