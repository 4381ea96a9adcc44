//! Calls, counted.

use std::sync::{Arc, Mutex};

use callbook_api::{Analytics, CallGroup, CallGroups, CallsQuery, Cell, Facet, PortError, Side};

/// Answers what it is told to, for as many intervals as it is asked; remembers what it was asked.
#[derive(Clone, Default)]
pub struct TestAnalytics {
    pub asked: Arc<Mutex<Option<CallsQuery>>>,
    pub answer: Arc<Mutex<Option<CallGroups>>>,
}

impl Analytics for TestAnalytics {
    async fn calls(&self, query: &CallsQuery) -> Result<CallGroups, PortError> {
        *self.asked.lock().unwrap() = Some(query.clone());
        if let Some(answer) = self.answer.lock().unwrap().clone() {
            return Ok(answer);
        }
        let group = CallGroup {
            key: "101002".to_owned(),
            name: Some("Bob \"B\" Jones".to_owned()),
            extension_number: Some("102".to_owned()),
            cells: vec![cells(); query.intervals.len()],
        };
        Ok(CallGroups::Page { groups: vec![group], total: 41 })
    }
}

/// Three answered and two missed calls of the second day, and two outbound ones of which the hours are not known.
fn cells() -> Vec<Cell> {
    let cell = |words: [&str; 3], hours: Option<&str>, calls: u64, spent_ms: i64| {
        let mut sides = [Side::Unknown; Facet::ALL.len()];
        let facets = [Facet::Direction, Facet::Response, Facet::Result];
        for (facet, word) in facets.into_iter().zip(words) {
            sides[facet as usize] = facet.side(Some(word)).unwrap();
        }
        sides[Facet::CompanyHours as usize] = Facet::CompanyHours.side(hours).unwrap();
        let piece_ms = 1_706_832_000_000;
        let least_ms = spent_ms / 4;
        Cell {
            piece_ms,
            sides,
            calls,
            opportunities: calls,
            spent_ms,
            least_ms,
            most_ms: spent_ms / 2,
        }
    };
    vec![
        cell(["Inbound", "Answered", "Completed"], Some("BusinessHours"), 3, 90_500),
        cell(["Inbound", "NotAnswered", "Missed"], Some("AfterHours"), 2, 20_000),
        cell(["Outbound", "Connected", "Completed"], None, 2, 40_000),
    ]
}
