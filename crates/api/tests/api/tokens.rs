//! Getting, using, renewing and losing tokens.

use callbook_api::Plan;
use reqwest::StatusCode;
use serde_json::Value;

use crate::company::{ADMIN, USER};
use crate::server::{Server, error_code, json, text};

const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

async fn refresh(server: &Server, token: &str) -> (StatusCode, Value) {
    let fields = [("grant_type", "refresh_token"), ("refresh_token", token)];
    json(server.token_request(&fields).send().await.unwrap()).await
}

#[tokio::test]
async fn a_jwt_gives_everything_the_contract_requires() {
    let server = Server::start(Plan::Off).await;
    let response = server.jwt_request("app", ADMIN).send().await.unwrap();
    assert_eq!(response.headers()["cache-control"], "no-store");
    assert!(response.headers().contains_key("rcrequestid"));
    let (_, tokens) = json(response).await;
    assert_eq!(tokens["token_type"], "bearer");
    assert_eq!(tokens["expires_in"], 3_600);
    assert_eq!(tokens["refresh_token_expires_in"], 604_800);
    assert_eq!(tokens["owner_id"], ADMIN.to_string());
    let all: Vec<_> = callbook_api::AppScope::ALL.iter().map(|scope| scope.name()).collect();
    assert_eq!(tokens["scope"], all.join(" "));
    for field in ["access_token", "refresh_token", "endpoint_id", "session_id"] {
        assert!(!text(&tokens[field]).is_empty(), "{field}");
    }
    let (status, me) =
        server.get_json("/account/~/extension/~", &text(&tokens["access_token"])).await;
    assert_eq!((status, &me["id"]), (StatusCode::OK, &Value::from(ADMIN.0)));
}

#[tokio::test]
async fn a_refresh_token_works_once() {
    let server = Server::start(Plan::Off).await;
    let first = server.login("app", USER).await;
    let (status, second) = refresh(&server, &text(&first["refresh_token"])).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(second["session_id"], first["session_id"]);
    assert_eq!(second["endpoint_id"], first["endpoint_id"]);
    assert_ne!(second["refresh_token"], first["refresh_token"]);

    let (old, new) = (text(&first["access_token"]), text(&second["access_token"]));
    assert_eq!(server.get_json("/account/~", &old).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(server.get_json("/account/~", &new).await.0, StatusCode::OK);

    // The new pair is in use, so whoever shows the old token is somebody else.
    let (status, error) = refresh(&server, &text(&first["refresh_token"])).await;
    assert_eq!((status, error_code(&error)), (StatusCode::BAD_REQUEST, "OAU-213"));
    assert_eq!(error["error"], "invalid_grant");
    assert_eq!(server.get_json("/account/~", &new).await.0, StatusCode::UNAUTHORIZED);
    let (status, _) = refresh(&server, &text(&second["refresh_token"])).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_refresh_whose_answer_was_lost_can_be_repeated_for_a_while() {
    let server = Server::start(Plan::Off).await;
    let first = text(&server.login("app", USER).await["refresh_token"]);
    let (_, lost) = refresh(&server, &first).await;
    server.ports.clock.advance_s(30);
    let (status, second) = refresh(&server, &first).await;
    assert_eq!(status, StatusCode::OK);
    let (lost, second) = (text(&lost["access_token"]), text(&second["access_token"]));
    assert_eq!(server.get_json("/account/~", &lost).await.0, StatusCode::UNAUTHORIZED);

    // The minute counts from the first time.
    server.ports.clock.advance_s(30);
    assert_eq!(refresh(&server, &first).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(server.get_json("/account/~", &second).await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_refresh_that_was_itself_refreshed_cannot_be_repeated() {
    let server = Server::start(Plan::Off).await;
    let first = text(&server.login("app", USER).await["refresh_token"]);
    let second = text(&refresh(&server, &first).await.1["refresh_token"]);
    assert_eq!(refresh(&server, &second).await.0, StatusCode::OK);
    assert_eq!(refresh(&server, &first).await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_bad_ttl_does_not_use_up_the_refresh_token() {
    let server = Server::start(Plan::Off).await;
    let token = text(&server.login("app", USER).await["refresh_token"]);
    let fields =
        [("grant_type", "refresh_token"), ("refresh_token", &token), ("access_token_ttl", "1")];
    let (status, error) = json(server.token_request(&fields).send().await.unwrap()).await;
    assert_eq!((status, &error["error"]), (StatusCode::BAD_REQUEST, &"invalid_request".into()));
    assert_eq!(refresh(&server, &token).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_ttl_below_zero_is_the_usual_one() {
    let server = Server::start(Plan::Off).await;
    let token = text(&server.login("app", USER).await["refresh_token"]);
    let fields =
        [("grant_type", "refresh_token"), ("refresh_token", &token), ("access_token_ttl", "-1")];
    let (status, tokens) = json(server.token_request(&fields).send().await.unwrap()).await;
    assert_eq!((status, &tokens["expires_in"]), (StatusCode::OK, &3600.into()));
}

#[tokio::test]
async fn a_refresh_token_is_of_its_app_alone() {
    let server = Server::start(Plan::Off).await;
    let token = text(&server.login("narrow", USER).await["refresh_token"]);
    assert_eq!(refresh(&server, &token).await.0, StatusCode::BAD_REQUEST);
    let fields = [("grant_type", "refresh_token"), ("refresh_token", &token)];
    let response = server.token_request_of("narrow", &fields).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
}

#[tokio::test]
async fn tokens_expire() {
    let server = Server::start(Plan::Off).await;
    let tokens = server.login("app", USER).await;
    let access = text(&tokens["access_token"]);
    server.ports.clock.advance_s(3_599);
    assert_eq!(server.get_json("/account/~", &access).await.0, StatusCode::OK);
    server.ports.clock.advance_s(1);
    let response = server.get("/account/~", &access).send().await.unwrap();
    let challenge = response.headers()["www-authenticate"].to_str().unwrap().to_owned();
    assert!(challenge.contains("invalid_token"), "{challenge}");
    let (status, error) = json(response).await;
    assert_eq!((status, error_code(&error)), (StatusCode::UNAUTHORIZED, "OAU-128"));

    server.ports.clock.advance_s(604_800 - 3_600);
    let (status, _) = refresh(&server, &text(&tokens["refresh_token"])).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn bad_access_tokens_are_told_apart() {
    let server = Server::start(Plan::Off).await;
    let unknown = "A".repeat(43);
    for (token, code) in [(unknown.as_str(), "OAU-129"), ("not a token", "OAU-149")] {
        let (status, error) = server.get_json("/account/~", token).await;
        assert_eq!((status, error_code(&error)), (StatusCode::UNAUTHORIZED, code));
    }
    let response = server.http.get(format!("{}/restapi/v1.0/account/~", server.url));
    let (status, error) = json(response.send().await.unwrap()).await;
    assert_eq!((status, error_code(&error)), (StatusCode::UNAUTHORIZED, "OAU-151"));
}

#[tokio::test]
async fn wrong_credentials_are_refused() {
    let server = Server::start(Plan::Off).await;
    let url = format!("{}/restapi/oauth/token", server.url);
    let fields = [("grant_type", JWT_BEARER), ("assertion", "jwt-of-101002")];
    let wrong_secret = server.http.post(&url).basic_auth("app", Some("guess")).form(&fields);
    let no_secret = server.http.post(&url).form(&fields).query(&[("client_id", "app")]);
    let bearer = server.http.post(&url).bearer_auth("x").form(&fields);
    for (request, code) in [(wrong_secret, "OAU-146"), (no_secret, "OAU-146"), (bearer, "OAU-134")]
    {
        let response = request.send().await.unwrap();
        assert!(response.headers().contains_key("www-authenticate"));
        let (status, error) = json(response).await;
        assert_eq!((status, error_code(&error)), (StatusCode::UNAUTHORIZED, code));
        assert_eq!(error["error"], "invalid_client");
    }
    let wrong_jwt = server.token_request(&[("grant_type", JWT_BEARER), ("assertion", "guess")]);
    let (status, error) = json(wrong_jwt.send().await.unwrap()).await;
    assert_eq!((status, error_code(&error)), (StatusCode::BAD_REQUEST, "OAU-140"));
}

#[tokio::test]
async fn a_public_app_sends_its_id_in_the_form() {
    let server = Server::start(Plan::Off).await;
    let url = format!("{}/restapi/oauth/token", server.url);
    for (app, expected) in [("public", StatusCode::OK), ("app", StatusCode::UNAUTHORIZED)] {
        let fields =
            [("grant_type", JWT_BEARER), ("assertion", "jwt-of-101002"), ("client_id", app)];
        let response = server.http.post(&url).form(&fields).send().await.unwrap();
        assert_eq!(response.status(), expected, "{app}");
    }
}

#[tokio::test]
async fn malformed_token_requests_say_what_is_wrong() {
    let server = Server::start(Plan::Off).await;
    let cases: [(&[(&str, &str)], &str); 4] = [
        (&[], "invalid_request"),
        (&[("grant_type", "password")], "unsupported_grant_type"),
        (&[("grant_type", JWT_BEARER)], "invalid_request"),
        (&[("grant_type", JWT_BEARER), ("grant_type", JWT_BEARER)], "invalid_request"),
    ];
    for (fields, expected) in cases {
        let (status, error) = json(server.token_request(fields).send().await.unwrap()).await;
        assert_eq!((status, &error["error"]), (StatusCode::BAD_REQUEST, &expected.into()));
    }
    let url = format!("{}/restapi/oauth/token", server.url);
    let post = server.http.post(url).basic_auth("app", Some("secret"));
    let not_a_form = post.try_clone().unwrap().body("{}").send().await.unwrap();
    assert_eq!(not_a_form.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let huge = [("assertion", "x".repeat(70_000))];
    assert_eq!(post.form(&huge).send().await.unwrap().status(), StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_client_can_ask_for_fewer_scopes() {
    let server = Server::start(Plan::Off).await;
    let fields =
        |scope| [("grant_type", JWT_BEARER), ("assertion", "jwt-of-101001"), ("scope", scope)];
    let request = server.token_request(&fields("ReadAccounts"));
    let (_, tokens) = json(request.send().await.unwrap()).await;
    assert_eq!(tokens["scope"], "ReadAccounts");
    let token = text(&tokens["access_token"]);
    let (status, error) = server.get_json("/account/~/call-log", &token).await;
    assert_eq!((status, error_code(&error)), (StatusCode::FORBIDDEN, "CMN-401"));

    let fields = fields("ReadAccounts Everything");
    let (status, error) = json(server.token_request(&fields).send().await.unwrap()).await;
    assert_eq!((status, &error["error"]), (StatusCode::BAD_REQUEST, &"invalid_scope".into()));
}

#[tokio::test]
async fn revocation_ends_the_whole_session_and_no_other() {
    let server = Server::start(Plan::Off).await;
    let other = server.user_token().await;
    let tokens = server.login("app", USER).await;
    let access = text(&tokens["access_token"]);
    let revoke = server.http.post(format!("{}/restapi/oauth/revoke", server.url));
    let revoke = revoke.basic_auth("app", Some("secret"));
    for _ in 0..2 {
        let request = revoke.try_clone().unwrap().query(&[("token", &access)]);
        assert_eq!(request.send().await.unwrap().status(), StatusCode::OK);
    }
    assert_eq!(server.get_json("/account/~", &access).await.0, StatusCode::UNAUTHORIZED);
    let (status, _) = refresh(&server, &text(&tokens["refresh_token"])).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(server.get_json("/account/~", &other).await.0, StatusCode::OK);
}
