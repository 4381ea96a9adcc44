//! What changed in a call log: `call-log-sync` and `call-log-extract-sync`.

use std::ops::Range;

use callbook_model::Scope;
use callbook_model::lenient::{Raw, object, read, text};
use jiff::Timestamp;
use serde::Deserialize;
use serde::de::Error as _;
use serde_json::value::RawValue;

use crate::body;
use crate::call_log::{call_log_path, milliseconds, ranges};

/// Which of the two is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feed {
    /// `call-log-extract-sync` of the account: records modified since.
    Extract,
    /// `call-log-sync` of a log: with a token, deleted records too.
    Sync(Scope),
}

/// Since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Since {
    /// `FSync` from a moment, at most so many records.
    Moment(Timestamp, u32),
    /// `ISync` from a token.
    Token(String),
}

/// A request for changes, in the Detailed view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncQuery {
    /// Where.
    pub feed: Feed,
    /// Since when.
    pub since: Since,
}

impl SyncQuery {
    pub(crate) fn path(&self) -> String {
        match self.feed {
            Feed::Extract => "/restapi/v1.0/account/~/call-log-extract-sync".to_owned(),
            Feed::Sync(scope) => format!("{}-sync", call_log_path(scope)),
        }
    }

    pub(crate) fn parameters(&self) -> Vec<(&'static str, String)> {
        let mut parameters = vec![("view", "Detailed".to_owned())];
        match &self.since {
            Since::Moment(from, count) => {
                parameters.push(("syncType", "FSync".to_owned()));
                parameters.push(("dateFrom", milliseconds(*from)));
                parameters.push(("recordCount", count.to_string()));
            }
            Since::Token(token) => {
                parameters.push(("syncType", "ISync".to_owned()));
                parameters.push(("syncToken", token.clone()));
                if matches!(self.feed, Feed::Sync(_)) {
                    parameters.push(("showDeleted", "true".to_owned()));
                }
            }
        }
        parameters
    }
}

/// An answer as it came, and where its records are.
#[derive(Debug)]
pub struct SyncPage {
    body: String,
    records: Vec<Range<usize>>,
    /// For the next request.
    pub token: String,
    /// The server's moment of this answer, if it says.
    pub sync_time: Option<Timestamp>,
    /// The next request gives more at once.
    pub newer_records_exist: bool,
}

/// The contract's `CallLogSyncResponse`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireSync<'a> {
    #[serde(borrow)]
    records: Vec<&'a RawValue>,
    #[serde(borrow)]
    sync_info: Raw<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SyncInfo<'a> {
    #[serde(borrow)]
    sync_token: Raw<'a>,
    #[serde(borrow)]
    sync_time: Raw<'a>,
    #[serde(borrow)]
    newer_records_exist: Raw<'a>,
}

impl SyncPage {
    /// # Errors
    /// When the body is not the JSON of such an answer, or has no token.
    pub fn parse(body: String) -> Result<Self, serde_json::Error> {
        let wire: WireSync<'_> = body::object(&body)?;
        let info: Option<SyncInfo<'_>> = wire.sync_info.and_then(|info| object(info.get()));
        let no_token = || serde_json::Error::custom("a sync token");
        let info = info.ok_or_else(no_token)?;
        let token = text(info.sync_token).ok_or_else(no_token)?.into_owned();
        let sync_time = text(info.sync_time).and_then(|time| time.parse().ok());
        let newer_records_exist = read(info.newer_records_exist).unwrap_or(false);
        let records = ranges(&body, &wire.records);
        Ok(Self { records, token, sync_time, newer_records_exist, body })
    }

    /// The JSON text of each record.
    pub fn records(&self) -> impl ExactSizeIterator<Item = &str> {
        self.records.iter().map(|range| &self.body[range.clone()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_needs_records_and_a_token() {
        let page = SyncPage::parse(
            r#"{"uri":"x","records":[{"n":0.10}],"syncInfo":{"syncType":"ISync","syncToken":"t",
                "syncTime":"2024-01-01T00:00:00.000Z","newerRecordsExist":true}}"#
                .to_owned(),
        )
        .unwrap();
        assert_eq!(page.records().collect::<Vec<_>>(), [r#"{"n":0.10}"#]);
        assert_eq!((page.token.as_str(), page.newer_records_exist), ("t", true));
        assert_eq!(page.sync_time, Some("2024-01-01T00:00:00Z".parse().unwrap()));
        for odd in [r#"{"records":[]}"#, r#"{"records":[],"syncInfo":{}}"#, "[]"] {
            assert!(SyncPage::parse(odd.to_owned()).is_err(), "{odd}");
        }
        let bare = r#"{"records":[],"syncInfo":{"syncToken":"t","newerRecordsExist":"yes"}}"#;
        let bare = SyncPage::parse(bare.to_owned()).unwrap();
        assert_eq!((bare.sync_time, bare.newer_records_exist), (None, false));
    }
}
