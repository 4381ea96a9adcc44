//! One page of the call log.

use callbook_model::{Scope, Span};
use jiff::Timestamp;
use jiff::fmt::temporal::DateTimePrinter;
use serde_json::value::RawValue;

use crate::page::WirePage;

/// The most records that a page can have.
pub const MAX_PER_PAGE: u32 = 1000;

/// The two levels of detail of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// Without legs and billing.
    Simple,
    /// Everything.
    Detailed,
}

/// Which page of which call log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallLogQuery {
    /// Whose call log.
    pub scope: Scope,
    /// How much of each record.
    pub view: View,
    /// Calls that began in this span. Whether upstream counts a call that begins at its very end is
    /// not documented.
    pub span: Span,
    /// From 1.
    pub page: u32,
    /// 1 to [`MAX_PER_PAGE`].
    pub per_page: u32,
}

impl CallLogQuery {
    pub(crate) fn path(&self) -> String {
        call_log_path(self.scope)
    }

    pub(crate) fn parameters(&self) -> [(&'static str, String); 6] {
        let view = match self.view {
            View::Simple => "Simple",
            View::Detailed => "Detailed",
        };
        [
            ("view", view.to_owned()),
            ("dateFrom", milliseconds(self.span.from)),
            ("dateTo", milliseconds(self.span.to)),
            ("page", self.page.to_string()),
            ("perPage", self.per_page.to_string()),
            // Lists hide deleted records unless asked; not every server heeds it.
            ("showDeleted", "true".to_owned()),
        ]
    }
}

/// Where a call log is.
pub(crate) fn call_log_path(scope: Scope) -> String {
    match scope {
        Scope::Account => "/restapi/v1.0/account/~/call-log".to_owned(),
        Scope::Extension(id) => format!("/restapi/v1.0/account/~/extension/{id}/call-log"),
    }
}

/// `2016-03-10T18:07:52.534Z`, the form of RingCentral's own examples.
pub(crate) fn milliseconds(moment: Timestamp) -> String {
    DateTimePrinter::new().precision(Some(3)).timestamp_to_string(&moment)
}

/// A page as it came, and where its records are.
#[derive(Debug)]
pub struct CallLogPage {
    body: String,
    records: Vec<std::ops::Range<usize>>,
    /// Whether the server names a page after this one.
    pub has_next: bool,
    /// How many records the whole list has, if the server says.
    pub total: Option<u64>,
}

impl CallLogPage {
    /// # Errors
    /// When the body is not the JSON of a page.
    pub fn parse(body: String) -> Result<Self, serde_json::Error> {
        let page = WirePage::read(&body)?;
        let records = ranges(&body, &page.records);
        let (has_next, total) = (page.has_next(), page.total());
        Ok(Self { records, has_next, total, body })
    }

    /// The JSON text of each record, in the server's order.
    pub fn records(&self) -> impl ExactSizeIterator<Item = &str> {
        self.records.iter().map(|range| &self.body[range.clone()])
    }
}

/// Where in the body each record stands.
pub(crate) fn ranges(body: &str, records: &[&RawValue]) -> Vec<std::ops::Range<usize>> {
    let range = |record: &&RawValue| {
        // A borrowed value is a slice of the body: its place is the distance between the two.
        let start = record.get().as_ptr() as usize - body.as_ptr() as usize;
        start..start + record.get().len()
    };
    records.iter().map(range).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_keep_their_bytes() {
        let body = r#"{"records":[ {"id":"1","n":0.10}, {"id": "2"} ],"paging":{"totalElements":2},
            "navigation":{"nextPage":{"uri":"http://x"}}}"#;
        let page = CallLogPage::parse(body.to_owned()).unwrap();
        let records: Vec<_> = page.records().collect();
        assert_eq!(records, [r#"{"id":"1","n":0.10}"#, r#"{"id": "2"}"#]);
        assert!(page.has_next);
        assert_eq!(page.total, Some(2));
    }

    #[test]
    fn paging_and_navigation_may_be_missing() {
        let page = CallLogPage::parse(r#"{"records":[]}"#.to_owned()).unwrap();
        assert!(!page.has_next);
        assert_eq!((page.total, page.records().len()), (None, 0));
    }

    #[test]
    fn an_odd_paging_or_navigation_costs_no_record() {
        for (odd, total, has_next) in [
            (r#""paging":null,"navigation":null"#, None, false),
            (r#""paging":[5],"navigation":[{"uri":"http://x"}]"#, None, false),
            (r#""paging":{"totalElements":"7"},"navigation":"none""#, Some(7), false),
            (r#""paging":{"totalElements":7.0},"navigation":{"nextPage":null}"#, Some(7), false),
            (r#""paging":{"totalElements":-1},"navigation":{"nextPage":"x"}"#, None, true),
            (r#""paging":{"totalElements":{}},"navigation":{"nextPage":{}}"#, None, true),
        ] {
            let page = CallLogPage::parse(format!(r#"{{"records":[7],{odd}}}"#)).unwrap();
            assert_eq!(page.records().collect::<Vec<_>>(), ["7"], "{odd}");
            assert_eq!((page.total, page.has_next), (total, has_next), "{odd}");
        }
    }

    #[test]
    fn a_list_is_no_page() {
        assert!(CallLogPage::parse("[[]]".to_owned()).unwrap_err().is_data());
        assert!(CallLogPage::parse(String::new()).unwrap_err().is_eof());
    }
}
