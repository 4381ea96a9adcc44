//! Records that RingCentral publishes, byte for byte through the archive and back.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::value::RawValue;
use wiremock::ResponseTemplate;

use crate::support::Upstream;

/// A page, or what is read of it.
#[derive(Deserialize)]
struct Page<'a> {
    #[serde(borrow)]
    records: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Record {
    id: String,
}

/// The samples' folder, beside the project; `None` and a notice where it is not.
fn samples() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/fixtures");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: {} is not there", folder.display());
    None
}

/// Serves a page, syncs, and compares each record's bytes.
fn round_trip(page: &str) {
    let answer = ResponseTemplate::new(200).set_body_raw(page, "application/json");
    let upstream = Upstream::new().only_page(answer);
    let place = upstream.place();
    let records = serde_json::from_str::<Page<'_>>(page).unwrap().records;
    assert!(!records.is_empty());
    let summary = place.json("sync --json");
    assert_eq!(summary["inserted"], records.len());
    assert_eq!(summary["quarantined"], 0);
    for record in records {
        let id = serde_json::from_str::<Record>(record.get()).unwrap().id;
        assert_eq!(place.output(&format!("show {id} --json")), format!("{}\n", record.get()));
        place.output(&format!("show {id}"));
    }
    assert!(place.output("verify").starts_with("nothing is missing"));
}

#[test]
fn pages_of_published_samples() {
    let Some(folder) = samples() else { return };
    for name in ["callLogList.json", "activeCalls.json"] {
        round_trip(&std::fs::read_to_string(folder.join(name)).unwrap());
    }
}

#[test]
fn a_published_record_on_a_page_of_its_own() {
    let Some(folder) = samples() else { return };
    let record = std::fs::read_to_string(folder.join("call-log-sample.json")).unwrap();
    round_trip(&format!(r#"{{"records":[ {record} ],"paging":{{"page":1}}}}"#));
}

/// What JSON allows and serialisers change: spaces, escapes, numbers, repeated and unknown members.
#[test]
fn bytes_are_kept_whatever_they_are() {
    round_trip(
        r#"{"records" : [ { "startTime":"2024-01-31T12:00:00.000Z" , "id" : "a",
	"cost": 0.10, "big": 12345678901234567890123, "e":1E+2, "name": "\u00e9\/é😀",
	"legs" : [ ], "again":1, "again":2, "-0": -0.0 } , {"legs":[{"legType":"Accept"}],"id":"b",
	"billing":{"costIncluded":0.000},"startTime":"2024-01-31T11:00:00Z"}]}"#,
    );
}
