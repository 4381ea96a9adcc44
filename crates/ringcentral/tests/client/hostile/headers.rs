//! Headers of answers: nothing of them gets into a request that could do harm there.

use callbook_ringcentral::{ContentAnswer, Error, Resume};

use super::{PATH, asked_for_content, audio, fetch};
use crate::stage::{Stage, header, http};
use crate::support::SECRET;

/// Names of a request's headers.
fn names(request: &str) -> Vec<String> {
    let lines = request.trim_end().lines().skip(1);
    let mut names: Vec<_> =
        lines.map(|line| line.split(':').next().unwrap().to_ascii_lowercase()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_tag_is_repeated_whole_or_not_at_all() {
    let stage = Stage::set();
    stage.answering(&audio());
    let plain = ["accept", "authorization", "host", "range", "user-agent"];
    let conditional = ["accept", "authorization", "host", "if-range", "range", "user-agent"];
    for (etag, repeated) in [
        (r#""5f-a""#, true),
        ("5f-a", true),
        (r#"W/"5f-a""#, false),
        ("", false),
        ("\"a\"\r\nX-Injected: 1", false),
        ("\"a\"\nX-Injected: 1", false),
        ("\"a\"\rX-Injected: 1", false),
        ("\"a\0\"", false),
        ("\"a\u{7f}\"", false),
        ("\"a\u{85}\"", false),
        ("\"é\"", false),
        ("\"a\"\r\n\r\nGET /restapi/oauth/revoke HTTP/1.1", false),
        ("Tue, 15 Nov 1994 08:12:31 GMT", false),
    ] {
        let resume = Resume { offset: u64::MAX, etag: Some(etag.to_owned()) };
        fetch(&stage, None, Some(&resume)).await.unwrap();
        let asked = stage.asked(etag);
        assert_eq!(asked.len(), 1, "{etag:?}: {asked:?}");
        let request = &asked[0].1;
        assert!(request.starts_with(&format!("GET {PATH} HTTP/1.1\r\n")), "{etag:?}: {request}");
        assert_eq!(header(request, "range"), Some("bytes=18446744073709551615-"), "{etag:?}");
        assert_eq!(header(request, "if-range"), repeated.then_some(etag), "{etag:?}");
        let expected = if repeated { &conditional[..] } else { &plain[..] };
        assert_eq!(names(request), expected, "{etag:?}");
    }
}

/// A tag goes from an answer into the next request.
#[tokio::test]
async fn odd_bytes_in_a_tag_do_no_harm() {
    let stage = Stage::set();
    let tags: &[&[u8]] = &[
        b"\"\xe9\"",
        b"\"a\x80\xff\"",
        b"\"a\tb\"",
        b"  ",
        b"\"a\"\r\netag: \"b\"",
        b"\"\xf0\x9f\x98\x80\"",
    ];
    for tag in tags {
        let head = [b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\nconnection: close\r\netag: ", *tag];
        stage.answering(&[head.concat(), b"\r\n\r\n!".to_vec()].concat());
        let answer = fetch(&stage, None, None).await.unwrap();
        let ContentAnswer::Content(content) = answer else { panic!("{answer:?}") };
        asked_for_content(&stage, "a tag");
        let resume = Resume { offset: 1, etag: content.etag };
        fetch(&stage, None, Some(&resume)).await.unwrap();
        let asked = stage.asked("a tag");
        let sent = header(&asked[0].1, "if-range");
        assert!(
            sent.is_none_or(|sent| sent.bytes().all(|byte| byte.is_ascii_graphic())),
            "{sent:?}"
        );
    }
}

#[tokio::test]
async fn a_range_that_was_not_asked_for_is_no_content() {
    let stage = Stage::set();
    let resume = Resume { offset: 5, etag: None };
    for range in [
        "bytes 4-9/10",
        "bytes 6-9/10",
        "bytes 0-9/10",
        "bytes 5-10/10",
        "bytes 5-4/10",
        "bytes 5-9/5",
        "bytes 5-/10",
        "bytes -5/10",
        "bytes */10",
        "bytes 18446744073709551615-18446744073709551615/*",
        "bytes 18446744073709551621-18446744073709551626/*",
        "bytes 5-18446744073709551616/*",
        "bytes 5-9/18446744073709551616",
        "bytes -18446744073709551611-9/10",
        "bytes 5-9, 5-9/10",
        "bytes 5-9",
        "words 5-9/10",
        "5-9/10",
        "",
    ] {
        stage.answering(&http("206 A", &format!("content-range: {range}"), "abcde"));
        let error = fetch(&stage, None, Some(&resume)).await.unwrap_err();
        assert!(matches!(error, Error::NotTheApi { .. }), "{range}: {error:?}");
        asked_for_content(&stage, range);
    }
}

#[tokio::test]
async fn a_web_page_or_json_is_no_content_however_it_is_spelled() {
    let stage = Stage::set();
    for kind in [
        "text/html",
        "TEXT/HTML; charset=x",
        "application/xhtml+xml",
        "application/json",
        "Application/JSON",
        "application/vnd.ringcentral.multipart+JSON",
    ] {
        stage.answering(&http("200 OK", &format!("content-type: {kind}"), "abc"));
        let error = fetch(&stage, None, None).await.unwrap_err();
        assert!(
            matches!(error, Error::NotTheApi { what: "something else", .. }),
            "{kind}: {error:?}"
        );
        asked_for_content(&stage, kind);
    }
    for kind in ["audio/mpeg", "audio/x-wav", "", "nonsense", "a/b\r\ncontent-type: c/d"] {
        stage.answering(&http("200 OK", &format!("content-type: {kind}"), "abc"));
        fetch(&stage, None, None).await.unwrap();
        asked_for_content(&stage, kind);
    }
}

#[tokio::test]
async fn a_token_that_would_be_more_than_a_header_is_none() {
    let stage = Stage::set();
    for token in [r"a\r\nX-Injected: 1", r"a\nb", r"a b", r"\u0000", "é"] {
        let body = format!(r#"{{"access_token":"{SECRET}{token}","expires_in":3600}}"#);
        stage.signing_in(&http("200 OK", "content-type: application/json", &body));
        let error = fetch(&stage, None, None).await.unwrap_err();
        assert!(matches!(error, Error::NotTheApi { .. }), "{token}: {error:?}");
        assert!(!format!("{error:?}{error}").contains(SECRET), "{token}: {error:?}");
        assert!(stage.asked(token).is_empty(), "{token}");
    }
}
