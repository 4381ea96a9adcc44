//! A server that is not there, is not the API, or refuses.

use wiremock::ResponseTemplate;

use crate::support::{
    CANARY, Place, Transcript, Upstream, archived, company, error, ok, page, record,
};

#[test]
fn nobody_listens() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    let place = Place::new().with("RC_SERVER_URL", &format!("http://{address}"));
    let place = place.with("RC_APP_CLIENT_ID", "an-app").with("RC_USER_JWT", CANARY);
    let mut transcript = Transcript::new().replacing(&address, "HOST:PORT");
    transcript.refused(&place, "sync", 1);
    let place = place.with("RC_SERVER_URL", "https://no-such-host.invalid");
    transcript.refused_case(&place, "no such host", "sync", 1);
    let place = place.with("RC_SERVER_URL", &format!("https://{}", strip(&company().url)));
    let mut transcript = transcript.replacing(strip(&company().url), "HOST:PORT");
    transcript.refused_case(&place, "https to a port that speaks http", "sync", 1);
    insta::assert_snapshot!(transcript.text());
}

fn strip(url: &str) -> &str {
    url.strip_prefix("http://").unwrap()
}

#[test]
fn sign_ins_that_are_refused() {
    let company = company();
    let mut transcript = Transcript::new();
    let place = company.place().with("RC_APP_CLIENT_SECRET", CANARY);
    transcript.refused_case(&place, "wrong secret", "sync", 12);
    let place = company.place().with("RC_APP_CLIENT_ID", "another-app");
    transcript.refused_case(&place, "unknown app", "sync", 12);
    let place = company.place().with("RC_USER_JWT", CANARY);
    transcript.refused_case(&place, "wrong JWT", "sync", 12);
    let place = archived().with("RC_USER_JWT", CANARY);
    transcript.refused_case(&place, "wrong JWT", "verify", 12);
    insta::assert_snapshot!(transcript.text());
}

/// What answers at wrong addresses.
fn strangers() -> [(&'static str, ResponseTemplate); 6] {
    let html = "<!DOCTYPE html><html><body>Welcome</body></html>";
    [
        ("a web page", ResponseTemplate::new(200).set_body_raw(html, "text/html")),
        ("404 with a web page", ResponseTemplate::new(404).set_body_raw(html, "text/html")),
        ("an empty body", ResponseTemplate::new(200)),
        ("text", ResponseTemplate::new(200).set_body_string("OK")),
        ("other JSON", ok(&serde_json::json!({ "hello": "world" }))),
        ("a redirect", ResponseTemplate::new(302).insert_header("location", "https://example.com")),
    ]
}

#[test]
fn something_else_answers_the_sign_in() {
    let mut transcript = Transcript::new();
    for (case, answer) in strangers() {
        let upstream = Upstream::new().token([answer]);
        transcript = transcript.replacing(&upstream.url(), "http://HOST:PORT");
        transcript.refused_case(&upstream.place(), case, "sync", 1);
    }
    insta::assert_snapshot!(transcript.text());
}

#[test]
fn something_else_answers_for_the_account() {
    let mut transcript = Transcript::new();
    for (case, answer) in strangers() {
        let upstream = Upstream::new().account([answer]);
        transcript = transcript.replacing(&upstream.url(), "http://HOST:PORT");
        transcript.refused_case(&upstream.place(), case, "sync", 1);
    }
    insta::assert_snapshot!(transcript.text());
}

#[test]
fn something_else_answers_for_a_page() {
    let mut transcript = Transcript::new();
    for (case, answer) in strangers() {
        let upstream = Upstream::new().call_log([page(&[record("kept", 0)], true), answer]);
        transcript = transcript.replacing(&upstream.url(), "http://HOST:PORT");
        let place = upstream.place();
        transcript.refused_case(&place, case, "sync", 1);
        assert_eq!(place.json("calls --json")[0]["id"], "kept", "{case}");
    }
    insta::assert_snapshot!(transcript.text());
}

#[test]
fn refusals_in_the_servers_own_words() {
    let mut transcript = Transcript::new();
    for (case, answer, code) in [
        ("400", error(400, "CMN-101", "Parameter [dateFrom] is invalid"), 1),
        ("403", error(403, "CMN-408", "The user lacks a permission"), 12),
        ("404", error(404, "CMN-102", "Resource is not found"), 1),
        ("several lines", error(400, "CMN-101", "one\ntwo\u{1b}[2Jthree"), 1),
        ("no words", error(400, "", ""), 1),
    ] {
        let upstream = Upstream::new().call_log([answer]);
        transcript.refused_case(&upstream.place(), case, "sync", code);
    }
    insta::assert_snapshot!(transcript.text());
}

#[test]
fn a_token_that_is_revoked_midway_is_replaced() {
    let revoked = error(401, "OAU-129", "Access token corrupted");
    let pages = [page(&[record("a", 0)], true), revoked, page(&[record("b", 1)], false)];
    let upstream = Upstream::new().call_log(pages);
    let summary = upstream.place().json("sync --json");
    // One before there is an archive, two for the sync.
    assert_eq!((&summary["inserted"], upstream.sign_ins()), (&2.into(), 3));
}

#[test]
fn tokens_that_are_never_taken_are_not_asked_for_again_and_again() {
    let revoked = error(401, "OAU-129", "Access token corrupted");
    let upstream = Upstream::new().call_log([page(&[record("a", 0)], true), revoked]);
    let mut transcript = Transcript::new();
    transcript.refused(&upstream.place(), "sync", 12);
    // One before there is an archive, two for the sync.
    assert_eq!(upstream.sign_ins(), 3);
    insta::assert_snapshot!(transcript.text());
}

#[test]
fn the_most_talkative_log_has_no_secret() {
    let upstream = Upstream::new().call_log([page(&[record("a", 0)], false)]);
    let place = upstream.place().with("CALLBOOK_LOG", "trace");
    let outcome = place.run("sync --json");
    assert_eq!(outcome.code, Some(0));
    assert!(outcome.stderr.contains("TRACE"), "{outcome:?}");
    assert!(!outcome.stderr.contains(CANARY), "{outcome:?}");
    // `an-app:CANARY-secret`, as the sign-in's header has it.
    assert!(!outcome.stderr.contains("YW4tYXBwOkNBTkFSWS1zZWNyZXQ"), "{outcome:?}");
    assert!(!String::from_utf8_lossy(&std::fs::read(place.archive()).unwrap()).contains(CANARY));
}
