//! Which records are wanted: what a database can find, and what only a record's text says.

use callbook_api::{Direction, Filter, PortError, RecordingFilter, Scope};
use callbook_model::lenient::{Raw, list, object, text};
use callbook_model::{CallRecord, Key, Span, number_key};
use callbook_store::CallFilter;
use serde::Deserialize;

use crate::archive::Archive;

/// What a filter comes to in an archive.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    filter: Filter,
    /// Everything of the filter that calls are listed under.
    keys: Vec<Key>,
    /// Calls that ended before this moment are not wanted: milliseconds since 1970-01-01T00:00:00Z.
    pub(super) ended_from_ms: Option<i64>,
}

/// The fields of a record that are in no table.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Wire<'a> {
    #[serde(borrow)]
    transport: Raw<'a>,
    #[serde(borrow)]
    recording: Raw<'a>,
    #[serde(borrow)]
    metadata_categories: Raw<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct WireRecording<'a> {
    #[serde(borrow)]
    r#type: Raw<'a>,
}

impl Wanted {
    /// `None` if there can be nothing: a short number that nobody has.
    pub(super) async fn new(archive: &Archive, filter: &Filter) -> Result<Option<Self>, PortError> {
        let mut keys = Vec::new();
        if let Some(digits) = &filter.phone_number {
            let number = number_key(&format!("+{digits}"), archive.home());
            keys.extend(number.map(Key::Number));
        }
        // All conferences have the session 0, which nothing is listed under.
        keys.extend(filter.session_id.clone().filter(|id| id != "0").map(Key::Session));
        keys.extend(filter.telephony_session_id.clone().map(Key::TelephonySession));
        if let Some(number) = &filter.extension_number {
            let Some(id) = archive.staff().await?.numbered(number) else { return Ok(None) };
            keys.push(Key::Extension(id));
        }
        Ok(Some(Self { filter: filter.clone(), keys, ended_from_ms: None }))
    }

    /// What a database can find of it.
    pub(super) fn in_log(&self, scope: Scope, span: Span) -> CallFilter {
        let filter = &self.filter;
        let (mut directions, recorded) = (filter.directions.iter(), filter.recording.map(|_| true));
        let direction = match (directions.next(), directions.all(|d| *d == filter.directions[0])) {
            (Some(direction), true) => Some(name(*direction).to_owned()),
            _ => None,
        };
        CallFilter {
            keys: self.keys.clone(),
            direction,
            result: filter.missed.then(|| "Missed".to_owned()),
            recorded,
            deleted: filter.show_deleted,
            ..CallFilter::new(scope, span)
        }
    }

    /// What a database can find of it where a log is made from the company's: what is an extension's own may differ.
    pub(super) fn in_company(&self, own: Key, span: Span) -> CallFilter {
        let mut keys = self.keys.clone();
        keys.push(own);
        let deleted = self.filter.show_deleted;
        CallFilter { keys, deleted, ..CallFilter::new(Scope::Account, span) }
    }

    pub(super) fn shows_deleted(&self) -> bool {
        self.filter.show_deleted
    }

    /// Whether [`Wanted::in_log`] says all of it.
    pub(super) fn is_in_tables(&self) -> bool {
        let filter = &self.filter;
        self.ended_from_ms.is_none()
            && filter.types.is_empty()
            && filter.transports.is_empty()
            && filter.metadata_categories.is_empty()
            && matches!(filter.recording, None | Some(RecordingFilter::All))
            && filter.session_id.as_deref() != Some("0")
            && !filter.conferences
            && !filter.hide_blocked
    }

    /// Whether a Detailed record is wanted, by its text alone.
    pub(super) fn accepts(&self, archive: &Archive, json: &str) -> bool {
        let Ok(record) = CallRecord::decode(json, archive.home()) else { return false };
        let filter = &self.filter;
        (filter.show_deleted || !record.deleted)
            && self.keys.iter().all(|key| record.keys.contains(key))
            && one_of(&filter.directions, |wanted| is(&record.direction, name(*wanted)))
            && (!filter.missed || is(&record.result, "Missed"))
            && (filter.recording.is_none() || record.recorded)
            && self.accepts_rest(&record, json)
    }

    /// Whether a record that [`Wanted::in_log`] has found is wanted, by its text in whichever view.
    pub(super) fn accepts_found(&self, archive: &Archive, json: &str) -> bool {
        self.is_in_tables()
            || CallRecord::decode(json, archive.home())
                .is_ok_and(|record| self.accepts_rest(&record, json))
    }

    fn accepts_rest(&self, record: &CallRecord, json: &str) -> bool {
        let filter = &self.filter;
        let end_ms = record.start_ms.saturating_add(record.duration_ms);
        self.ended_from_ms.is_none_or(|from_ms| end_ms >= from_ms)
            && one_of(&filter.types, |wanted| is(&record.call_type, wanted))
            && !(filter.hide_blocked && is(&record.result, "Blocked"))
            && (!filter.conferences || is(&record.session_id, "0"))
            && filter.session_id.as_deref().is_none_or(|wanted| is(&record.session_id, wanted))
            && self.accepts_wire(&object(json).unwrap_or_default())
    }

    fn accepts_wire(&self, wire: &Wire<'_>) -> bool {
        let filter = &self.filter;
        let says = |field: Raw<'_>, wanted: &str| text(field).is_some_and(|text| text == wanted);
        let mode = || wire.recording.and_then(|raw| object::<WireRecording<'_>>(raw.get()));
        let recorded =
            |wanted: &str| mode().is_some_and(|recording| says(recording.r#type, wanted));
        let categories = || list(wire.metadata_categories).into_iter();
        one_of(&filter.transports, |wanted| says(wire.transport, wanted))
            && one_of(&filter.metadata_categories, |wanted| {
                categories().any(|raw| says(Some(raw), wanted))
            })
            && match filter.recording {
                Some(RecordingFilter::Automatic) => recorded("Automatic"),
                Some(RecordingFilter::OnDemand) => recorded("OnDemand"),
                None | Some(RecordingFilter::All) => true,
            }
    }
}

fn is(field: &Option<String>, wanted: &str) -> bool {
    field.as_deref() == Some(wanted)
}

fn one_of<T>(wanted: &[T], is: impl Fn(&T) -> bool) -> bool {
    wanted.is_empty() || wanted.iter().any(is)
}

fn name(direction: Direction) -> &'static str {
    match direction {
        Direction::Inbound => "Inbound",
        Direction::Outbound => "Outbound",
    }
}
