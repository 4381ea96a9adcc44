//! Signing in with a browser: the page, the code, its exchange.

use std::collections::HashMap;

use callbook_api::Plan;
use reqwest::{Response, StatusCode};
use serde_json::Value;
use url::Url;

use crate::company::USER;
use crate::server::{Server, error_code, json, text};

/// The example of RFC 7636.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const CALLBACK: &str = "http://127.0.0.1:8717/callback";

type Fields<'a> = Vec<(&'a str, &'a str)>;

/// What an app sends a browser with, changed by `changes`; an empty value takes a parameter out.
fn request<'a>(app: &'a str, changes: &[(&'a str, &'a str)]) -> Fields<'a> {
    let usual = [
        ("client_id", app),
        ("response_type", "code"),
        ("redirect_uri", CALLBACK),
        ("state", "a state"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let changed = |name: &str| changes.iter().any(|(other, _)| *other == name);
    let kept = usual.into_iter().filter(|(name, _)| !changed(name));
    kept.chain(changes.iter().copied()).filter(|(_, value)| !value.is_empty()).collect()
}

async fn show(server: &Server, fields: &[(&str, &str)]) -> Response {
    let url = format!("{}/restapi/oauth/authorize", server.url);
    server.http.get(url).query(fields).send().await.unwrap()
}

async fn submit(server: &Server, fields: &[(&str, &str)]) -> Response {
    let url = format!("{}/restapi/oauth/authorize", server.url);
    server.http.post(url).form(fields).send().await.unwrap()
}

/// Signs the user in, as the page's form does.
async fn consent(server: &Server, mut fields: Fields<'_>) -> HashMap<String, String> {
    fields.extend([("username", "102"), ("password", "password"), ("decision", "allow")]);
    parameters(&submit(server, &fields).await)
}

/// What a redirect brings to the app.
fn parameters(response: &Response) -> HashMap<String, String> {
    assert_eq!(response.status(), StatusCode::FOUND);
    let location = Url::parse(response.headers()["location"].to_str().unwrap()).unwrap();
    assert_eq!(location.origin().ascii_serialization(), "http://127.0.0.1:8717");
    location.query_pairs().into_owned().collect()
}

async fn exchange(server: &Server, app: &str, fields: &[(&str, &str)]) -> (StatusCode, Value) {
    let mut form = vec![("grant_type", "authorization_code")];
    form.extend(fields);
    let url = format!("{}/restapi/oauth/token", server.url);
    let post = server.http.post(url);
    let post = match app {
        "public" => post.form(&[form.as_slice(), &[("client_id", app)]].concat()),
        _ => post.basic_auth(app, Some("secret")).form(&form),
    };
    json(post.send().await.unwrap()).await
}

fn proof(code: &str) -> [(&str, &str); 3] {
    [("code", code), ("redirect_uri", CALLBACK), ("code_verifier", VERIFIER)]
}

#[tokio::test]
async fn a_code_becomes_tokens_of_the_user_for_both_kinds_of_app() {
    let server = Server::start(Plan::Off).await;
    for app in ["app", "public"] {
        let answer = consent(&server, request(app, &[("scope", "ReadCallLog ReadAccounts")])).await;
        assert_eq!((answer["state"].as_str(), answer["expires_in"].as_str()), ("a state", "60"));
        let (status, tokens) = exchange(&server, app, &proof(&answer["code"])).await;
        assert_eq!(status, StatusCode::OK, "{tokens}");
        assert_eq!(tokens["owner_id"], USER.to_string());
        assert_eq!(tokens["scope"], "ReadCallLog ReadAccounts");
        let (status, me) =
            server.get_json("/account/~/extension/~", &text(&tokens["access_token"])).await;
        assert_eq!((status, &me["id"]), (StatusCode::OK, &Value::from(USER.0)));
    }
}

#[tokio::test]
async fn the_page_is_alone_in_its_window_and_repeats_nothing_unescaped() {
    let server = Server::start(Plan::Off).await;
    let response =
        show(&server, &request("app", &[("state", "\"><script>alert(1)</script>")])).await;
    assert_eq!(response.status(), StatusCode::OK);
    let headers = response.headers().clone();
    let policy = headers["content-security-policy"].to_str().unwrap();
    for part in [
        "default-src 'none'",
        "frame-ancestors 'none'",
        "form-action 'self' http://127.0.0.1:8717;",
    ] {
        assert!(policy.contains(part), "{policy}");
    }
    assert_eq!(headers["cache-control"], "no-store");
    assert_eq!(headers["referrer-policy"], "no-referrer");
    let html = response.text().await.unwrap();
    assert!(html.contains("value=\"&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;\""), "{html}");
    assert!(!html.contains("<script") && !html.contains("src=") && !html.contains("href="));
    assert!(html.contains("<li>ReadCallRecording: read call records and recordings</li>"));
}

#[tokio::test]
async fn a_wrong_password_shows_the_page_again_without_it() {
    let server = Server::start(Plan::Off).await;
    let mut fields = request("app", &[]);
    fields.extend([("username", "<102>"), ("password", "a-guess"), ("decision", "allow")]);
    let response = submit(&server, &fields).await;
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    let html = response.text().await.unwrap();
    assert!(html.contains("Wrong name or password") && html.contains("value=\"&lt;102&gt;\""));
    assert!(!html.contains("a-guess"));
}

#[tokio::test]
async fn guesses_are_limited() {
    let server = Server::start(Plan::DEFAULT).await;
    let mut fields = request("app", &[]);
    fields.extend([("username", "102"), ("password", "a-guess"), ("decision", "allow")]);
    for _ in 0..5 {
        assert_eq!(submit(&server, &fields).await.status(), StatusCode::FORBIDDEN);
    }
    assert_eq!(submit(&server, &fields).await.status(), StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn a_link_signs_nobody_in_and_is_not_counted() {
    let server = Server::start(Plan::DEFAULT).await;
    let mut fields = request("app", &[]);
    fields.extend([("username", "102"), ("password", "password"), ("decision", "allow")]);
    for _ in 0..10 {
        let response = show(&server, &fields).await;
        assert_eq!(response.status(), StatusCode::OK);
        let html = response.text().await.unwrap();
        assert!(html.contains("<b>The app</b>") && !html.contains("value=\"password\""), "{html}");
    }
    consent(&server, request("app", &[])).await;
}

#[tokio::test]
async fn a_user_can_say_no() {
    let server = Server::start(Plan::Off).await;
    let mut fields = request("app", &[]);
    fields.push(("decision", "deny"));
    let answer = parameters(&submit(&server, &fields).await);
    assert_eq!((answer["error"].as_str(), answer["state"].as_str()), ("access_denied", "a state"));
    assert!(!answer.contains_key("code"));
}

#[tokio::test]
async fn what_an_app_asks_wrongly_it_is_told() {
    let server = Server::start(Plan::Off).await;
    for (app, change, error) in [
        ("app", ("response_type", "token"), "unsupported_response_type"),
        ("app", ("scope", "Everything"), "invalid_scope"),
        ("narrow", ("scope", "ReadCallLog"), "invalid_scope"),
        ("app", ("prompt", "none"), "login_required"),
        ("app", ("code_challenge_method", "plain"), "invalid_request"),
        ("app", ("code_challenge_method", ""), "invalid_request"),
        ("app", ("code_challenge", "short"), "invalid_request"),
        ("public", ("code_challenge", ""), "invalid_request"),
    ] {
        let answer = parameters(&show(&server, &request(app, &[change])).await);
        assert_eq!((&*answer["error"], &*answer["state"]), (error, "a state"), "{app} {change:?}");
    }
}

#[tokio::test]
async fn nobody_is_sent_to_where_no_app_is_registered() {
    let server = Server::start(Plan::Off).await;
    for change in [
        ("client_id", "unknown"),
        ("client_id", ""),
        ("redirect_uri", "https://evil.example/back"),
        ("redirect_uri", "https://example.com/back/"),
        ("redirect_uri", "http://127.0.0.1:8717/other"),
        // Two are registered: it has to say which.
        ("redirect_uri", ""),
    ] {
        let response = show(&server, &request("app", &[change])).await;
        assert!(!response.headers().contains_key("location"), "{change:?}");
        let (status, error) = json(response).await;
        assert_eq!(
            (status, error_code(&error)),
            (StatusCode::BAD_REQUEST, "CMN-101"),
            "{change:?}"
        );
    }
}

#[tokio::test]
async fn a_code_without_its_proof_is_refused_and_stays_good() {
    let server = Server::start(Plan::Off).await;
    let code = consent(&server, request("app", &[])).await.remove("code").unwrap();
    let other = "another-verifier-that-is-long-enough-to-be-one";
    for (app, fields) in [
        (
            "app",
            [("code", &*code), ("redirect_uri", CALLBACK), ("code_verifier", other)].as_slice(),
        ),
        ("app", &[("code", &code), ("redirect_uri", CALLBACK)]),
        ("app", &[("code", &code), ("code_verifier", VERIFIER)]),
        (
            "app",
            &[
                ("code", &code),
                ("redirect_uri", "http://127.0.0.1:1/callback"),
                ("code_verifier", VERIFIER),
            ],
        ),
        ("narrow", &proof(&code)),
        ("public", &proof(&code)),
        ("app", &proof("no-such-code")),
    ] {
        let (status, error) = exchange(&server, app, fields).await;
        assert_eq!((status, &error["error"]), (StatusCode::BAD_REQUEST, &"invalid_grant".into()));
    }
    assert_eq!(exchange(&server, "app", &proof(&code)).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_verifier_where_the_challenge_was_taken_out_is_refused() {
    let server = Server::start(Plan::Off).await;
    let without = [("code_challenge", ""), ("code_challenge_method", "")];
    let code = consent(&server, request("app", &without)).await.remove("code").unwrap();
    assert_eq!(exchange(&server, "app", &proof(&code)).await.0, StatusCode::BAD_REQUEST);
    let plain = [("code", &*code), ("redirect_uri", CALLBACK)];
    assert_eq!(exchange(&server, "app", &plain).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_code_that_is_used_twice_ends_the_session_that_it_began() {
    let server = Server::start(Plan::Off).await;
    let code = consent(&server, request("app", &[])).await.remove("code").unwrap();
    let (_, tokens) = exchange(&server, "app", &proof(&code)).await;
    let access = text(&tokens["access_token"]);
    assert_eq!(server.get_json("/account/~", &access).await.0, StatusCode::OK);
    assert_eq!(exchange(&server, "app", &proof(&code)).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(server.get_json("/account/~", &access).await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_code_lasts_a_minute() {
    let server = Server::start(Plan::Off).await;
    let code = consent(&server, request("app", &[])).await.remove("code").unwrap();
    server.ports.clock.advance_s(60);
    assert_eq!(exchange(&server, "app", &proof(&code)).await.0, StatusCode::BAD_REQUEST);
}
