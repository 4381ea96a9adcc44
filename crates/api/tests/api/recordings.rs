//! Recordings: what is known of them, and ranges of their sound.

use callbook_api::Plan;
use proptest::prelude::*;
use reqwest::header::{
    ACCEPT_RANGES, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG,
    IF_RANGE, RANGE,
};
use reqwest::{Response, StatusCode};
use serde_json::json;

use crate::company::{ACCOUNT, ADMIN, GUEST, OWN_RECORDING, RECORDING, SOUND};
use crate::server::{MEDIA_URL, Server, error_code, text};

const CONTENT: &str = "/account/~/recording/7001/content";

async fn server() -> (Server, String) {
    let server = Server::start(Plan::Off).await;
    let token = server.access_token(ADMIN).await;
    (server, token)
}

/// The sound, as far as a `Range` asks for it.
async fn ranged(server: &Server, token: &str, range: &str) -> Response {
    server.get(CONTENT, token).header(RANGE, range).send().await.unwrap()
}

fn header<'a>(response: &'a Response, name: &reqwest::header::HeaderName) -> Option<&'a str> {
    response.headers().get(name).map(|value| value.to_str().unwrap())
}

#[tokio::test]
async fn what_is_known_of_a_recording() {
    let (server, token) = server().await;
    let (status, body) =
        server.get_json(&format!("/account/{ACCOUNT}/recording/{RECORDING}"), &token).await;
    assert_eq!(status, StatusCode::OK);
    let uri = format!("{MEDIA_URL}/restapi/v1.0/account/{ACCOUNT}/recording/{RECORDING}/content");
    let expected = json!({
        "id": RECORDING, "contentUri": uri, "contentType": "audio/mpeg", "duration": 36,
    });
    assert_eq!(body, expected);
}

#[tokio::test]
async fn a_whole_recording_comes_with_its_length_and_type() {
    let (server, token) = server().await;
    let answer = server.get(CONTENT, &token).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(header(&answer, &CONTENT_TYPE), Some("audio/mpeg"));
    assert_eq!(header(&answer, &CONTENT_LENGTH), Some("36"));
    assert_eq!(header(&answer, &ACCEPT_RANGES), Some("bytes"));
    assert_eq!(header(&answer, &ETAG), Some("\"v1\""));
    assert_eq!(header(&answer, &CONTENT_RANGE), None);
    assert_eq!(header(&answer, &CONTENT_DISPOSITION), None);
    assert_eq!(answer.bytes().await.unwrap(), SOUND);
}

#[tokio::test]
async fn ranges_are_answered_with_their_place() {
    let (server, token) = server().await;
    let cases = [
        ("bytes=0-9", "bytes 0-9/36", &SOUND[..10]),
        ("bytes=30-", "bytes 30-35/36", &SOUND[30..]),
        ("bytes=30-99999999999999999999999", "bytes 30-35/36", &SOUND[30..]),
        ("bytes=-1", "bytes 35-35/36", &SOUND[35..]),
        ("BYTES=-99", "bytes 0-35/36", SOUND),
    ];
    for (range, place, part) in cases {
        let answer = ranged(&server, &token, range).await;
        assert_eq!(answer.status(), StatusCode::PARTIAL_CONTENT, "{range}");
        assert_eq!(header(&answer, &CONTENT_RANGE), Some(place));
        assert_eq!(header(&answer, &CONTENT_LENGTH), Some(part.len().to_string().as_str()));
        assert_eq!(answer.bytes().await.unwrap(), part);
    }
}

#[tokio::test]
async fn bytes_that_there_are_not() {
    let (server, token) = server().await;
    for range in ["bytes=36-", "bytes=36-40", "bytes=-0", "bytes=99999999999999999999-"] {
        let answer = ranged(&server, &token, range).await;
        assert_eq!(answer.status(), StatusCode::RANGE_NOT_SATISFIABLE, "{range}");
        assert_eq!(header(&answer, &CONTENT_RANGE), Some("bytes */36"));
        assert_eq!(error_code(&answer.json().await.unwrap()), "CMN-107");
    }
}

#[tokio::test]
async fn what_is_no_single_range_is_ignored() {
    let (server, token) = server().await;
    let odd = [
        "bytes=0-1,5-6",
        "bytes=9-5",
        "bytes=",
        "bytes=-",
        "bytes=a-b",
        "bytes=+1-2",
        "lines=0-1",
        "0-1",
    ];
    for range in odd {
        let answer = ranged(&server, &token, range).await;
        assert_eq!(answer.status(), StatusCode::OK, "{range}");
        assert_eq!(answer.bytes().await.unwrap(), SOUND);
    }
}

#[tokio::test]
async fn a_range_of_another_version_is_the_whole_file() {
    let (server, token) = server().await;
    let cases = [
        ("\"v1\"", StatusCode::PARTIAL_CONTENT),
        ("\"v2\"", StatusCode::OK),
        ("W/\"v1\"", StatusCode::OK),
        ("Thu, 01 Feb 2024 12:00:00 GMT", StatusCode::OK),
    ];
    for (condition, status) in cases {
        let request = server.get(CONTENT, &token).header(RANGE, "bytes=3-");
        let answer = request.header(IF_RANGE, condition).send().await.unwrap();
        assert_eq!(answer.status(), status, "{condition}");
    }
}

#[tokio::test]
async fn a_token_in_the_query_is_good_for_the_sound_alone() {
    let (server, token) = server().await;
    let get = async |path: &str, token: &str| {
        let url = format!("{}/restapi/v1.0{path}?access_token={token}", server.url);
        server.http.get(url).send().await.unwrap().status()
    };
    assert_eq!(get(CONTENT, &token).await, StatusCode::OK);
    assert_eq!(get(CONTENT, "wrong").await, StatusCode::UNAUTHORIZED);
    for path in ["/account/~/recording/7001", "/account/~/call-log", "/account/~"] {
        assert_eq!(get(path, &token).await, StatusCode::UNAUTHORIZED, "{path}");
    }
}

#[tokio::test]
async fn whoever_has_not_the_company_s_log_hears_their_own_calls() {
    let server = Server::start(Plan::Off).await;
    let token = server.user_token().await;
    for (id, status) in [(OWN_RECORDING, 200), (RECORDING, 404), ("1", 404)] {
        for suffix in ["", "/content"] {
            let path = format!("/account/~/recording/{id}{suffix}");
            let answer = server.get(&path, &token).send().await.unwrap();
            assert_eq!(answer.status(), status, "{path}");
            if status == 404 {
                assert_eq!(error_code(&answer.json().await.unwrap()), "CMN-102");
            }
        }
    }
}

#[tokio::test]
async fn scope_and_permission_are_asked_for() {
    let server = Server::start(Plan::Off).await;
    let narrow = text(&server.login("narrow", ADMIN).await["access_token"]);
    let (status, body) = server.get_json(CONTENT, &narrow).await;
    assert_eq!((status, error_code(&body)), (StatusCode::FORBIDDEN, "CMN-401"));
    // The sound asks for no permission of the user, but they have no call log to find it in.
    let guest = server.access_token(GUEST).await;
    let (status, body) = server.get_json(CONTENT, &guest).await;
    assert_eq!((status, error_code(&body)), (StatusCode::NOT_FOUND, "CMN-102"));
    let (status, body) = server.get_json("/account/~/recording/7001", &guest).await;
    assert_eq!((status, error_code(&body)), (StatusCode::FORBIDDEN, "CMN-408"));
    let (status, body) = server.get_json("/account/1/recording/7001", &guest).await;
    assert_eq!((status, error_code(&body)), (StatusCode::FORBIDDEN, "CMN-408"));
}

#[tokio::test]
async fn a_file_name_cannot_end_its_header() {
    let (server, token) = server().await;
    let disposition = async |kind: Option<&str>, name: &str| {
        let mut query = vec![("contentDispositionFilename", name)];
        query.extend(kind.map(|kind| ("contentDisposition", kind)));
        let answer = server.get(CONTENT, &token).query(&query).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{name:?}");
        header(&answer, &CONTENT_DISPOSITION).unwrap().to_owned()
    };
    assert_eq!(
        disposition(Some("Inline"), "call 1.mp3").await,
        "inline; filename=\"call 1.mp3\"; filename*=UTF-8''call%201.mp3"
    );
    assert_eq!(
        disposition(None, "Zoë\"; x=\r\nSet-Cookie: a=b/../\\").await,
        "attachment; filename=\"Zo___ x___Set-Cookie_ a_b_..__\"; \
         filename*=UTF-8''Zo%C3%AB%22%3B%20x%3D%0D%0ASet-Cookie%3A%20a%3Db%2F..%2F%5C"
    );
    let path = format!("{CONTENT}?contentDisposition=Attachment");
    let answer = server.get(&path, &token).send().await.unwrap();
    assert_eq!(header(&answer, &CONTENT_DISPOSITION), Some("attachment"));
    let (status, body) =
        server.get_json(&format!("{CONTENT}?contentDisposition=inline%0D%0A"), &token).await;
    assert_eq!((status, error_code(&body)), (StatusCode::BAD_REQUEST, "CMN-101"));
}

#[tokio::test]
async fn recordings_are_deleted_by_their_ids() {
    let (server, token) = server().await;
    let delete = async |body: String| {
        let url = format!("{}/restapi/v1.0/account/~/call-recordings", server.url);
        let answer = server.http.delete(url).bearer_auth(&token).body(body).send().await.unwrap();
        let status = answer.status().as_u16();
        let body: serde_json::Value = answer.json().await.unwrap_or_default();
        (status, error_code(&body).to_owned())
    };
    let ids = |count: usize| json!({ "records": vec![RECORDING; count] }).to_string();
    assert_eq!(delete(ids(1)).await, (204, String::new()));
    assert_eq!(delete(ids(100)).await, (204, String::new()));
    assert_eq!(delete(ids(0)).await, (400, "CMN-101".to_owned()));
    assert_eq!(delete(ids(101)).await, (400, "CMN-101".to_owned()));
    assert_eq!(delete("[]".to_owned()).await, (400, "CMN-103".to_owned()));
    let unknown = json!({ "records": [RECORDING, "1"] }).to_string();
    assert_eq!(delete(unknown).await, (404, "CMN-102".to_owned()));
}

#[test]
fn any_range_is_the_slice_of_the_whole() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (server, token) = runtime.block_on(server());
    proptest!(ProptestConfig::with_cases(64), |(first in 0_usize..40, length in 1_usize..40)| {
        let range = format!("bytes={first}-{}", first + length - 1);
        let answer = runtime.block_on(ranged(&server, &token, &range));
        let slice = SOUND.get(first..(first + length).min(SOUND.len()));
        match slice.filter(|slice| !slice.is_empty()) {
            Some(slice) => prop_assert_eq!(&runtime.block_on(answer.bytes()).unwrap()[..], slice),
            None => prop_assert_eq!(answer.status(), StatusCode::RANGE_NOT_SATISFIABLE),
        }
    });
}
