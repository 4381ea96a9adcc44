//! What holds for any JSON.

mod any;

use std::collections::BTreeMap;

use callbook_interaction::{Derived, Disposition, OfferOutcome, Record, VisitOutcome, derive};
use proptest::prelude::*;
use serde_json::Value;

use crate::company::Acme;
use any::session;

/// Calls a function with what is derived.
fn with_rows<T>(records: &[Value], then: impl FnOnce(Option<&Derived<'_>>) -> T) -> T {
    let texts: Vec<String> = records.iter().map(Value::to_string).collect();
    let records: Vec<_> = texts.iter().map(|text| Record::read(text).unwrap()).collect();
    let company = Acme::new();
    then(derive(&records, &company).as_ref())
}

proptest! {
    #[test]
    fn counts_and_times_agree(records in session()) {
        with_rows(&records, |rows| rows.map_or(Ok(()), agree))?;
    }

    #[test]
    fn the_order_of_the_input_does_not_matter(mut records in session(), turn in 0..7_usize) {
        let before = with_rows(&records, |rows| format!("{rows:?}"));
        records.reverse();
        for legs in records.iter_mut().filter_map(|record| record["legs"].as_array_mut()) {
            let count = legs.len().max(1);
            legs.rotate_left(turn % count);
            legs.reverse();
        }
        prop_assert_eq!(with_rows(&records, |rows| format!("{rows:?}")), before);
    }

    #[test]
    fn any_text_can_be_read_or_not(text in "\\PC*", cut in 0..400_usize, records in session()) {
        let whole = records[0].to_string();
        let part: String = whole.chars().take(cut).collect();
        for text in [text, part.clone(), format!("{part}}}"), format!("{part}]}}}}")] {
            if let Some(record) = Record::read(&text) {
                let company = Acme::new();
                prop_assert!(derive(&[record], &company).is_none_or(|rows| agree(&rows).is_ok()));
            }
        }
    }
}

fn agree(rows: &Derived<'_>) -> Result<(), TestCaseError> {
    let row = &rows.interaction;
    prop_assert!((0..=row.duration_ms).contains(&row.talk_ms));
    prop_assert!((0..=row.duration_ms).contains(&row.wait_ms));
    prop_assert_eq!(row.legs as usize, rows.legs.len());
    prop_assert_eq!(row.records as usize, row.calls.len());
    prop_assert_eq!(row.offers as usize, rows.offers.len());
    prop_assert_eq!(row.queue_visits as usize, rows.queue_visits.len());
    prop_assert_eq!(row.recorded, !rows.recordings.is_empty());
    prop_assert_eq!(row.first_queue, rows.queue_visits.first().map(|visit| visit.queue));
    prop_assert_eq!(row.answered_by.is_some(), row.answered_at.is_some());
    let spoken = rows.legs.iter().any(|leg| leg.answered);
    prop_assert_eq!(row.answered_at.is_some(), spoken);
    prop_assert!(spoken || (row.talk_ms, row.hops) == (0, 0));
    if ![Disposition::Failed, Disposition::Blocked, Disposition::Answered]
        .contains(&row.disposition)
    {
        prop_assert!(!spoken);
    }
    let refused = rows.offers.iter().filter(|offer| offer.outcome.is_refused()).count();
    prop_assert_eq!(row.refused as usize, refused);
    offers_agree(rows)?;
    visits_agree(rows)
}

fn offers_agree(rows: &Derived<'_>) -> Result<(), TestCaseError> {
    let mut ends = BTreeMap::new();
    for offer in &rows.offers {
        let length_ms = offer.ended.as_millisecond() - offer.started.as_millisecond();
        prop_assert!(offer.legs > 0);
        prop_assert!((0..=length_ms).contains(&offer.ring_ms));
        prop_assert!((0..=length_ms - offer.ring_ms).contains(&offer.talk_ms));
        prop_assert!(offer.talk_ms == 0 || offer.outcome == OfferOutcome::Answered);
        prop_assert_eq!(offer.queue.is_some(), offer.visit.is_some());
        // Offers to one user do not overlap, so of phones that ring together at most one offer is answered.
        let before = ends.insert(offer.extension, offer.ended);
        prop_assert!(before.is_none_or(|ended| ended <= offer.started));
    }
    let legs: u32 = rows.offers.iter().map(|offer| offer.legs).sum();
    prop_assert!(legs <= rows.interaction.legs);
    Ok(())
}

fn visits_agree(rows: &Derived<'_>) -> Result<(), TestCaseError> {
    for (place, visit) in (0..).zip(&rows.queue_visits) {
        prop_assert_eq!(visit.order, place);
        prop_assert!((0..=rows.interaction.duration_ms).contains(&visit.wait_ms));
        let own = || rows.offers.iter().filter(|offer| offer.visit == Some(place));
        prop_assert!(own().all(|offer| offer.queue == Some(visit.queue)));
        prop_assert_eq!(visit.offers as usize, own().count());
        let answered = own().any(|offer| offer.outcome == OfferOutcome::Answered);
        prop_assert_eq!(visit.outcome == VisitOutcome::Answered, answered);
        prop_assert_eq!(visit.answered_by.is_some(), answered);
        let next = rows.queue_visits.get(place as usize + 1);
        let overflows = next.is_some() && !answered;
        prop_assert_eq!(visit.outcome == VisitOutcome::Overflow, overflows);
        prop_assert!(next.is_none_or(|next| next.overflow_in == overflows));
    }
    Ok(())
}
