//! Fetching recordings: whole, from where they were left, and in turn with everything else.

use callbook_ringcentral::{Client, Content, ContentAnswer, Error, Priority, RecordingId, Resume};
use serde_json::json;
use wiremock::matchers::{header, header_exists, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::stage::Stage;
use crate::support::{SECRET, TOKEN, answer, client, ok, requests, signing_in};

const CONTENT: &str = "/restapi/v1.0/account/~/recording/7/content";

fn id() -> RecordingId {
    "7".parse().unwrap()
}

fn audio(status: u16, bytes: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw(bytes, "audio/mpeg")
}

async fn fetch(client: &Client, resume: Option<&Resume>) -> Result<ContentAnswer, Error> {
    client.recording_content(&id(), None, resume, Priority::Low).await
}

fn content(answer: ContentAnswer) -> Content {
    match answer {
        ContentAnswer::Content(content) => content,
        ContentAnswer::RangeRefused => panic!("refused"),
    }
}

async fn read(content: &mut Content) -> Result<String, Error> {
    let mut bytes = Vec::new();
    while let Some(chunk) = content.chunk().await? {
        bytes.extend_from_slice(&chunk);
    }
    Ok(String::from_utf8(bytes).unwrap())
}

fn left_at(offset: u64, etag: &str) -> Resume {
    Resume { offset, etag: Some(etag.to_owned()) }
}

#[tokio::test]
async fn a_whole_content() {
    let server = signing_in().await;
    let answered = audio(200, "0123456789").insert_header("etag", "\"a\"");
    answer(&server, "GET", CONTENT, answered).await;
    let mut content = content(fetch(&client(&server.uri()), None).await.unwrap());
    assert_eq!((content.offset, content.total), (0, Some(10)));
    assert_eq!(content.etag.as_deref(), Some("\"a\""));
    assert_eq!(content.content_type.as_deref(), Some("audio/mpeg"));
    assert_eq!(read(&mut content).await.unwrap(), "0123456789");
    let requests = server.received_requests().await.unwrap();
    let headers = &requests.iter().find(|request| request.method == "GET").unwrap().headers;
    // Bytes are counted as they are kept.
    assert!(!headers.contains_key("range") && !headers.contains_key("accept-encoding"));
}

#[tokio::test]
async fn the_rest_of_a_content() {
    let server = signing_in().await;
    let rest = audio(206, "56789").insert_header("content-range", "bytes 5-9/10");
    let asked = Mock::given(method("GET")).and(path(CONTENT)).and(header("range", "bytes=5-"));
    let asked = asked.and(header("if-range", "\"a\"")).and(header_exists("authorization"));
    asked.respond_with(rest.insert_header("etag", "\"a\"")).mount(&server).await;
    let answer = fetch(&client(&server.uri()), Some(&left_at(5, "\"a\""))).await.unwrap();
    let mut content = content(answer);
    assert_eq!((content.offset, content.total), (5, Some(10)));
    assert_eq!(read(&mut content).await.unwrap(), "56789");
}

#[tokio::test]
async fn a_content_that_has_changed_comes_whole() {
    let server = signing_in().await;
    answer(&server, "GET", CONTENT, audio(200, "another")).await;
    let answer = fetch(&client(&server.uri()), Some(&left_at(5, "\"a\""))).await.unwrap();
    let mut content = content(answer);
    assert_eq!((content.offset, content.total), (0, Some(7)));
    assert_eq!(read(&mut content).await.unwrap(), "another");
}

#[tokio::test]
async fn a_rest_that_is_not_there_or_anothers_is_refused() {
    let anothers = audio(206, "56789").insert_header("content-range", "bytes 5-9/10");
    let anothers = anothers.insert_header("etag", "\"b\"");
    let code = json!({ "errorCode": "CMN-107", "message": "Range not satisfiable" });
    let beyond = ResponseTemplate::new(416).set_body_json(code);
    for answered in [anothers, beyond] {
        let server = signing_in().await;
        answer(&server, "GET", CONTENT, answered).await;
        for etag in ["\"a\"", "W/\"a\""] {
            let answer = fetch(&client(&server.uri()), Some(&left_at(5, etag))).await.unwrap();
            assert!(matches!(answer, ContentAnswer::RangeRefused), "{answer:?}");
        }
    }
}

#[tokio::test]
async fn part_of_a_content_that_was_asked_for_whole_is_none() {
    for status in [204, 206, 416] {
        let server = signing_in().await;
        let part = audio(status, "").insert_header("content-range", "bytes 0-4/10");
        answer(&server, "GET", CONTENT, part).await;
        let error = fetch(&client(&server.uri()), None).await.unwrap_err();
        assert!(matches!(error, Error::NotTheApi { .. }), "{status}: {error:?}");
    }
}

#[tokio::test]
async fn a_recording_that_is_gone_is_refused() {
    let server = signing_in().await;
    let gone = json!({ "errorCode": "CMN-102", "message": "Resource is not found" });
    answer(&server, "GET", CONTENT, ResponseTemplate::new(404).set_body_json(gone)).await;
    let error = fetch(&client(&server.uri()), None).await.unwrap_err();
    assert!(matches!(error, Error::Refused { .. }), "{error:?}");
    assert_eq!(requests(&server, CONTENT).await, 1);
}

#[tokio::test]
async fn a_body_that_ends_too_early_is_an_error() {
    let stage = Stage::set();
    for (headers, body) in [
        ("content-length: 10", "01234"),
        ("transfer-encoding: chunked", "5\r\n01234\r\n"),
        ("transfer-encoding: chunked", "a\r\n01234"),
        ("transfer-encoding: chunked", "5\r\n01234\r\nnonsense\r\n"),
    ] {
        let head = format!("HTTP/1.1 200 OK\r\ncontent-type: audio/mpeg\r\n{headers}\r\n\r\n");
        stage.answering(&[head, body.to_owned()].concat().into_bytes());
        let mut content = content(fetch(&stage.client, None).await.unwrap());
        let error = read(&mut content).await.unwrap_err();
        assert!(matches!(error, Error::Unreachable { .. }), "{headers} {body:?}: {error:?}");
        assert!(!format!("{error:?}").contains(SECRET), "{error:?}");
    }
    // Nothing was asked for twice: how to go on is the caller's to say.
    assert_eq!(stage.asked("short bodies").len(), 4);
}

#[tokio::test]
async fn a_failure_that_passes_is_tried_again() {
    let server = signing_in().await;
    let failing = Mock::given(method("GET")).and(path(CONTENT));
    failing.respond_with(ResponseTemplate::new(503)).up_to_n_times(1).mount(&server).await;
    answer(&server, "GET", CONTENT, audio(200, "0123456789")).await;
    let mut content = content(fetch(&client(&server.uri()), None).await.unwrap());
    assert_eq!(read(&mut content).await.unwrap(), "0123456789");
    assert_eq!(requests(&server, CONTENT).await, 2);
}

/// A server whose first token is not taken any more when it is first used.
async fn renewing(second: &str) -> MockServer {
    let server = MockServer::start().await;
    let token = |name: &str| ok(&json!({ "access_token": name, "expires_in": 3600 }));
    let first = Mock::given(method("POST")).and(path(TOKEN)).respond_with(token("first"));
    first.up_to_n_times(1).mount(&server).await;
    answer(&server, "POST", TOKEN, token(second)).await;
    let good = Mock::given(method("GET")).and(header("authorization", "Bearer second"));
    good.respond_with(audio(200, "0123456789")).mount(&server).await;
    let expired = json!({ "errorCode": "OAU-128", "message": "Access token expired" });
    answer(&server, "GET", CONTENT, ResponseTemplate::new(401).set_body_json(expired)).await;
    server
}

#[tokio::test]
async fn a_token_that_is_not_taken_is_renewed_once() {
    let server = renewing("second").await;
    let mut content = content(fetch(&client(&server.uri()), None).await.unwrap());
    assert_eq!(read(&mut content).await.unwrap(), "0123456789");
    assert_eq!((requests(&server, TOKEN).await, requests(&server, CONTENT).await), (2, 2));
    let server = renewing("third").await;
    let error = fetch(&client(&server.uri()), None).await.unwrap_err();
    assert!(matches!(error, Error::LoginRefused { .. }), "{error:?}");
    assert_eq!((requests(&server, TOKEN).await, requests(&server, CONTENT).await), (2, 2));
}

#[tokio::test]
async fn recordings_wait_while_only_the_reserve_is_left() {
    let server = signing_in().await;
    // Of ten places, the last two are not for recordings.
    for remaining in ["2", "1", "0"] {
        let answered = audio(200, "0").insert_header("x-rate-limit-group", "heavy");
        let answered = answered.insert_header("x-rate-limit-limit", "10");
        let answered = answered.insert_header("x-rate-limit-window", "3600");
        let answered = answered.insert_header("x-rate-limit-remaining", remaining);
        let asked = Mock::given(method("GET")).and(path(CONTENT)).respond_with(answered);
        asked.up_to_n_times(1).mount(&server).await;
    }
    let client = client(&server.uri());
    fetch(&client, None).await.unwrap();
    assert_eq!(client.recordings_a_day(Priority::Low).await, Some(8 * 24));
    let urgent = async {
        for _ in 0..2 {
            client.recording_content(&id(), None, None, Priority::High).await.unwrap();
        }
    };
    tokio::select! {
        biased;
        answer = fetch(&client, None) => panic!("it did not wait: {answer:?}"),
        () = urgent => {}
    }
    assert_eq!(requests(&server, CONTENT).await, 3);
}
