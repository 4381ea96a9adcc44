//! Several records by their ids, in one request.

use callbook_model::lenient::{Raw, integer, object, text};
use serde::Deserialize;
use serde::de::Error as _;
use serde_json::value::RawValue;

/// The most ids that a request takes (CMN-106 beyond).
pub const MAX_IDS: usize = 50;

/// How the batch should be answered: a JSON array instead of MIME parts.
pub(crate) const MULTIPART_JSON: &str = "application/vnd.ringcentral.multipart+json";

/// What the server has for one id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ById {
    /// The record's id.
    pub id: String,
    /// The record's JSON text; `None` where there is none (404) or it could not be given.
    pub record: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item<'a> {
    #[serde(borrow)]
    resource_id: Raw<'a>,
    #[serde(borrow)]
    status: Raw<'a>,
    #[serde(borrow)]
    body: Raw<'a>,
}

#[derive(Deserialize)]
struct Identified<'a> {
    #[serde(borrow)]
    id: Raw<'a>,
}

/// Reads the answer to a request for several ids, or for one, which is the record itself.
pub(crate) fn parse(body: &str) -> Result<Vec<ById>, serde_json::Error> {
    if body.trim_ascii_start().starts_with('{') {
        let record: Identified<'_> = serde_json::from_str(body)?;
        let id = text(record.id).ok_or_else(|| serde_json::Error::custom("a record's id"))?;
        return Ok(vec![ById { id: id.into_owned(), record: Some(body.to_owned()) }]);
    }
    let items: Vec<&RawValue> = serde_json::from_str(body)?;
    Ok(items.into_iter().filter_map(|item| by_id(&object(item.get())?)).collect())
}

fn by_id(item: &Item<'_>) -> Option<ById> {
    let id = text(item.resource_id)?.into_owned();
    let found = integer(item.status) == Some(200);
    Some(ById { id, record: item.body.filter(|_| found).map(|body| body.get().to_owned()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_array_has_a_status_for_each_and_a_single_record_is_itself() {
        let body = r#"[{"resourceId":"a","status":200,"body":{"id":"a","n":0.10}},
            {"resourceId":"b","status":404,"body":{"errorCode":"CMN-102"}}, 7]"#;
        let found = parse(body).unwrap();
        let record = |id: &str, record: Option<&str>| ById {
            id: id.to_owned(),
            record: record.map(str::to_owned),
        };
        assert_eq!(found, [record("a", Some(r#"{"id":"a","n":0.10}"#)), record("b", None)]);
        let single = r#"{"id":"a","x":1}"#;
        assert_eq!(parse(single).unwrap(), [record("a", Some(single))]);
        assert!(parse("{}").is_err());
    }
}
