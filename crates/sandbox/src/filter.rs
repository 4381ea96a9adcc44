//! Does a synthetic call pass a filter?

use callbook_api::{Direction, Filter, RecordingFilter};
use callbook_synth::{Call, Entry, Facts, RecordingMode, View};
use serde_json::Value;

/// Whether a record passes.
pub(crate) fn matches(call: &Call<'_>, entry: &Entry, filter: &Filter) -> bool {
    let facts = call.facts(entry);
    passes(&facts, filter) && has_category(call, entry, &filter.metadata_categories)
}

fn passes(facts: &Facts, filter: &Filter) -> bool {
    (filter.show_deleted || !facts.deleted)
        && !(filter.hide_blocked && facts.blocked)
        && (!filter.missed || facts.missed)
        && (!filter.conferences || facts.session_id == "0")
        && one_of(&filter.directions, |d| direction_is(facts, *d))
        && one_of(&filter.types, |wanted| facts.call_type.as_str() == wanted)
        && one_of(&filter.transports, |wanted| facts.transport.as_str() == wanted)
        && filter.recording.is_none_or(|wanted| recording_is(facts, wanted))
        && filter.session_id.as_ref().is_none_or(|id| *id == facts.session_id)
        && filter.telephony_session_id.as_ref().is_none_or(|id| *id == facts.telephony_session_id)
        && filter.extension_number.as_ref().is_none_or(|number| concerns(facts, number))
        && filter.phone_number.as_ref().is_none_or(|number| is_party(facts, number))
}

fn one_of<T>(wanted: &[T], is: impl Fn(&T) -> bool) -> bool {
    wanted.is_empty() || wanted.iter().any(is)
}

fn direction_is(facts: &Facts, wanted: Direction) -> bool {
    facts.direction.as_str()
        == match wanted {
            Direction::Inbound => "Inbound",
            Direction::Outbound => "Outbound",
        }
}

fn recording_is(facts: &Facts, wanted: RecordingFilter) -> bool {
    match wanted {
        RecordingFilter::All => facts.recording.is_some(),
        RecordingFilter::Automatic => facts.recording == Some(RecordingMode::Automatic),
        RecordingFilter::OnDemand => facts.recording == Some(RecordingMode::OnDemand),
    }
}

fn concerns(facts: &Facts, extension_number: &str) -> bool {
    facts.extension_numbers.iter().any(|number| number == extension_number)
}

/// Numbers are compared digit by digit: the filter has no plus, the record has one.
fn is_party(facts: &Facts, digits: &str) -> bool {
    facts.phone_numbers.iter().any(|number| number.trim_start_matches('+') == digits)
}

/// Categories are the one thing that only the record itself shows.
fn has_category(call: &Call<'_>, entry: &Entry, wanted: &[String]) -> bool {
    if wanted.is_empty() {
        return true;
    }
    let record: Value = serde_json::from_str(&call.record(entry, View::Simple)).unwrap_or_default();
    let categories = record["metadataCategories"].as_array();
    categories.is_some_and(|categories| {
        let mut names = categories.iter().filter_map(Value::as_str);
        names.any(|name| wanted.iter().any(|wanted| wanted == name))
    })
}
