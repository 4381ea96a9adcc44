//! Ids of recordings that are more than that.

use callbook_ringcentral::{Priority, RecordingId};

use super::audio;
use crate::stage::Stage;

const IDS: &[&str] = &[
    "",
    " ",
    "~",
    ".",
    "..",
    "../../oauth/revoke",
    "a/../b",
    "a/b",
    "/7",
    "//evil.example/7",
    "http://evil.example/7",
    "7@evil.example",
    "%2e%2e%2f",
    "%2e%2e",
    "..%2f..%2foauth%2frevoke",
    "7%00",
    "7%0d%0aX-Injected:%201",
    "7?access_token=1",
    "7?",
    "7#",
    "7;a=b",
    "7,8",
    "7\r\nHost: evil.example",
    "7\n",
    "7\t",
    "7\0",
    "7 HTTP/1.1",
    "7\\..\\8",
    "é",
    "７",
    "७",
    "．．",
    "a∕b",
    "a\u{2024}\u{2024}b",
    "\u{202e}7",
    "\u{feff}7",
    "7\u{0301}",
    "a:b",
    "a*b",
    "\"7\"",
    "{id}",
    "7777777777777777777777777777777777777777777777777777777777777777777",
];

#[tokio::test]
async fn an_odd_id_is_refused_before_anybody_is_asked() {
    let stage = Stage::set();
    for text in IDS {
        assert!(text.parse::<RecordingId>().is_err(), "{text:?}");
        assert!(stage.asked(text).is_empty(), "{text:?}");
    }
}

#[tokio::test]
async fn an_id_is_one_segment_of_the_path() {
    let stage = Stage::set();
    stage.answering(&audio());
    let longest = "z".repeat(64);
    for text in ["0", "-", "_", "--", "1662000003004", "revoke", "null", "aZ09-_", &longest] {
        let id = text.parse::<RecordingId>().unwrap();
        stage.client.recording_content(&id, None, None, Priority::High).await.unwrap();
        let asked = stage.asked(text);
        let path = format!("GET /restapi/v1.0/account/~/recording/{text}/content HTTP/1.1\r\n");
        assert!(asked.len() == 1 && asked[0].1.starts_with(&path), "{text}: {asked:?}");
    }
}
