//! `callFilters`: which calls are counted. What the archive cannot tell apart is refused, never overlooked.

use super::facet::{Facet, Side};
use super::field::Field;
use super::metric::Provenance;
use crate::error::ApiError;
use crate::ports::{CallsFilter, Grouping};

/// What calls have to be, by facet.
pub(super) type Sides = Vec<(Facet, Vec<Side>)>;

pub(super) const BY_FACET: [(&str, Facet); 8] = [
    ("directions", Facet::Direction),
    ("origins", Facet::Origin),
    ("callResponses", Facet::Response),
    ("callResults", Facet::Result),
    ("callTypes", Facet::Type),
    ("queueSla", Facet::QueueSla),
    ("companyHours", Facet::CompanyHours),
    ("queueHours", Facet::QueueHours),
];

/// What only telephony session events tell.
const OF_EVENTS: [&str; 3] = ["callSegments", "callActions", "endingParties"];

/// Reads a body's filters for groups of a kind.
pub(super) fn read(body: &Field<'_>, grouping: Grouping) -> Result<(CallsFilter, Sides), ApiError> {
    let Some(filters) = body.get("callFilters")? else {
        return Ok((CallsFilter::default(), Vec::new()));
    };
    for name in OF_EVENTS {
        if filters.get(name)?.map(|list| list.items()).transpose()?.is_some_and(|l| !l.is_empty()) {
            return Err(ApiError::feature_not_available());
        }
    }
    let mut sides = Vec::new();
    for (name, facet) in BY_FACET {
        let Some(list) = filters.get(name)? else { continue };
        let wanted = list.items()?;
        let wanted = wanted.iter().map(|word| side(word, facet)).collect::<Result<Vec<_>, _>>()?;
        if wanted.is_empty() {
            continue;
        }
        if !facet.applies(grouping) {
            return Err(list.invalid());
        }
        if facet.provenance(grouping) == Provenance::Unavailable {
            return Err(ApiError::feature_not_available());
        }
        sides.push((facet, wanted));
    }
    Ok((others(&filters, grouping)?, sides))
}

fn side(word: &Field<'_>, facet: Facet) -> Result<Side, ApiError> {
    let text = Some(word.text()?).filter(|text| !text.is_empty());
    let side = text.and_then(|text| facet.side(Some(text)));
    side.ok_or_else(|| word.invalid())
}

fn others(filters: &Field<'_>, grouping: Grouping) -> Result<CallsFilter, ApiError> {
    let (mut from_ids, mut to_ids) = (Vec::new(), Vec::new());
    if let Some(extensions) = filters.get("extensionFilters")? {
        from_ids = extensions.texts("fromIds")?;
        to_ids = extensions.texts("toIds")?;
        use Grouping::{Menus, Queues, SharedLines, Users};
        let may_come = matches!(grouping, Users | Queues | Menus | SharedLines);
        let may_go = matches!(grouping, Users | Menus | SharedLines);
        if !from_ids.is_empty() && !may_come || !to_ids.is_empty() && !may_go {
            return Err(extensions.invalid());
        }
    }
    Ok(CallsFilter {
        queues: filters.texts("queues")?,
        called_numbers: filters.texts("calledNumbers")?,
        from_ids,
        to_ids,
        call_ms: lengths(filters.get("callDuration")?)?,
        spent_ms: lengths(filters.get("timeSpent")?)?,
    })
}

/// Whole seconds, as people count them: what lasts 59.9 s is not yet a minute.
fn lengths(filter: Option<Field<'_>>) -> Result<Option<(i64, i64)>, ApiError> {
    let Some(filter) = filter else { return Ok(None) };
    let least = filter.get("minSeconds")?.map(|least| least.whole()).transpose()?;
    let most = filter.get("maxSeconds")?.map(|most| most.whole()).transpose()?;
    let least_ms = least.map_or(0, |least| least.saturating_mul(1000));
    let most_ms = most.map_or(i64::MAX, |most| most.saturating_mul(1000).saturating_add(999));
    Ok((least.is_some() || most.is_some()).then_some((least_ms, most_ms)))
}
