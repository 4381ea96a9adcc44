//! Whatever is sent is answered, and only as the reference says: every parser of requests, under fire.
//!
//! Requests go straight into the router, without sockets, and are drawn by chance; those of `fuzz/targets/request.rs`
//! are guided by the code that they reach.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderValue, Request, StatusCode, Uri};
use callbook_api::{Api, Config, Hub, Operation, Plan, PushOptions, SyncKey, router};
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::TestRunner;
use serde_json::Value;

use crate::company::{ADMIN, QUEUE, RECORDING, SESSION, TestPorts};
use crate::reference::document;
use crate::server::{MEDIA_URL, REFRESH_GRACE, text};

/// What parsers trip over, and what takes a request past the first of them.
const NASTY: &[&str] = &[
    "",
    "~",
    "0",
    "-1",
    "999",
    "1001",
    "4294967296",
    "18446744073709551616",
    "1e9",
    "NaN",
    "max",
    "true",
    "Detailed",
    "Simple",
    "ISync",
    "FSync",
    "Inbound",
    "Voice",
    "Hour",
    "Month",
    "S256",
    "code",
    "app",
    "public",
    "authorization_code",
    "refresh_token",
    "urn:ietf:params:oauth:grant-type:jwt-bearer",
    "2024-02-01T12:00:00Z",
    "2024-02-01",
    "-009999-01-01T00:00:00Z",
    "+009999-12-31T23:59:59.999999999Z",
    "9999-12-31T23:59:60Z",
    "2024-02-01T00:00:00+99:99",
    "%FF",
    "%00",
    "%",
    "%2F",
    "..",
    "+",
    "+12025550101",
    "%2B12025550101",
    "rec-1",
    "rec-1,rec-2,gone",
    ",",
    "rec-1,",
    "bytes=0-0",
    "bytes=-1",
    "bytes=9-3",
    "bytes=36-",
    "bytes=18446744073709551615-",
    "bytes=0-1,3-4",
    "bytes=",
    "=-",
    "\"v1\"",
    "W/\"v1\"",
    "Basic YXBwOnNlY3JldA==",
    "Basic /",
    "Bearer",
    "Bearer x",
    "application/json",
    "application/x-www-form-urlencoded; charset",
    "application/vnd.ringcentral.multipart+json;q=",
    "\u{e9}\u{1f4de}",
    "http://127.0.0.1:1/callback",
    "https://example.com/back",
    "javascript:alert(1)",
];

const BODIES: &[&str] = &[
    "",
    "{}",
    "[]",
    "null",
    "{\"records\":[]}",
    "{\"records\":[\"7001\"]}",
    "{\"records\":[7001]}",
    "{\"records\":",
    "[[[[[[[[",
    "{\"eventFilters\":[],\"deliveryMode\":{\"transportType\":\"WebHook\",\"address\":\"ftp://x\"}}",
    "{\"eventFilters\":[\"/restapi/v1.0/account/~/presence?x=%FF\"],\"deliveryMode\":{\"transportType\":\"WebHook\"}}",
    "{\"eventFilters\":[\"/restapi/v1.0/subscription/~?threshold=0&interval=1\"],\"deliveryMode\":{\"transportType\":\"?\"}}",
    "{\"eventFilters\":[\"\"],\"expiresIn\":-9223372036854775808,\"deliveryMode\":{\"transportType\":\"WebSocket\"}}",
    "{\"grouping\":{\"groupBy\":\"Users\"},\"timeSettings\":{\"timeZone\":\"Europe/Berlin\",\"timeRange\":{\"timeFrom\":\"2024-02-01T00:00:00Z\",\"timeTo\":\"2024-02-03T00:00:00Z\"}},\"responseOptions\":{\"counters\":{\"callsByResult\":{\"aggregationType\":\"Max\",\"aggregationInterval\":\"Week\"}},\"timers\":{\"callsDurationByOrigin\":{\"aggregationType\":\"Average\"}}}}",
    "{\"grouping\":{\"groupBy\":\"Company\"},\"timeSettings\":{\"timeZone\":\"Africa/Monrovia\",\"timeRange\":{\"timeFrom\":\"-009999-01-02T01:59:59Z\",\"timeTo\":\"9999-12-30T22:00:00Z\"}},\"responseOptions\":{\"counters\":{\"allCalls\":true}}}",
    "{\"grouping\":{\"groupByMembers\":\"Site\",\"keys\":[\"\"]},\"timeSettings\":{\"timeZone\":\"UTC\",\"timeRange\":{\"timeFrom\":\"9999-12-30T21:00:00Z\",\"timeTo\":\"9999-12-30T22:00:00.999Z\"},\"advancedTimeSettings\":{\"includeHours\":[{\"from\":\"24:00\",\"to\":\"00:00\"}]}},\"callFilters\":{\"callDuration\":{\"minSeconds\":-9223372036854775808,\"maxSeconds\":9223372036854775807}},\"responseOptions\":{\"timers\":{\"allCallsDuration\":true}}}",
    "grant_type=refresh_token&refresh_token=%FF",
    "grant_type=authorization_code&code=x&code=y",
    "client_id=public&token=",
    "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=jwt-of-1&access_token_ttl=99999999999999999999",
    "client_id=app&response_type=code&redirect_uri=http://127.0.0.1:9/callback&decision=allow&username=%00&password=",
];

const HEADERS: &[&str] = &[
    "range",
    "if-range",
    "accept",
    "content-type",
    "authorization",
    "origin",
    "validation-token",
    "x-forwarded-for",
];

#[derive(Debug, Clone)]
struct Shot {
    operation: Operation,
    segments: Vec<String>,
    query: Vec<(String, String)>,
    headers: Vec<(&'static str, Vec<u8>)>,
    signed_in: bool,
    body: Vec<u8>,
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof![4 => select(NASTY).prop_map(str::to_owned), 1 => ".{0,40}", 1 => "[!-~]{0,60}"]
}

fn segment() -> impl Strategy<Value = String> {
    let queue = QUEUE.to_string();
    let known = select(vec![
        "~".to_owned(),
        "rec-1".to_owned(),
        RECORDING.to_owned(),
        SESSION.to_owned(),
        queue,
    ]);
    prop_oneof![3 => known, 2 => value(), 1 => Just(vec!["x"; 51].join(","))]
}

fn shot(names: Vec<String>) -> impl Strategy<Value = Shot> {
    let name = prop_oneof![5 => select(names), 1 => "[ -~]{0,8}"];
    let header = (select(HEADERS), value().prop_map(String::into_bytes));
    let body = prop_oneof![
        3 => select(BODIES).prop_map(|body| body.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..80),
    ];
    let parts = (
        select(Operation::ALL),
        prop::collection::vec(segment(), 3),
        prop::collection::vec((name, value()), 0..5),
        prop::collection::vec(header, 0..3),
        prop::bool::weighted(0.9),
        body,
    );
    parts.prop_map(|(operation, segments, query, headers, signed_in, body)| Shot {
        operation,
        segments,
        query,
        headers,
        signed_in,
        body,
    })
}

impl Shot {
    /// The request; nothing if there can be none: no client could send it either.
    fn request(&self, token: &str) -> Option<Request<Body>> {
        let mut segments = self.segments.iter().map(|text| text.replace(['/', '?', '#', ' '], ""));
        let mut path = String::new();
        for piece in self.operation.path().split_inclusive('/') {
            let end = if piece.ends_with('/') { "/" } else { "" };
            match piece.starts_with('{') {
                true => path.extend([segments.next()?.as_str(), end]),
                false => path.push_str(piece),
            }
        }
        let query: Vec<String> =
            self.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let uri: Uri = format!("{path}?{}", query.join("&")).parse().ok()?;
        let mut request = Request::builder().method(self.operation.method()).uri(uri);
        if self.signed_in {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        for (name, value) in &self.headers {
            request = request.header(*name, HeaderValue::from_bytes(value).ok()?);
        }
        request.body(Body::from(self.body.clone())).ok()
    }
}

fn server() -> Router {
    router(Api::new(
        TestPorts::new(Plan::Off),
        Config {
            server_url: "http://127.0.0.1".to_owned(),
            media_url: MEDIA_URL.to_owned(),
            sync_key: SyncKey::new([7; 32]),
            refresh_grace: REFRESH_GRACE,
            hub: Hub::default(),
            push: PushOptions::default(),
        },
    ))
}

async fn ask(router: &Router, request: Request<Body>) -> (StatusCode, bool, Vec<u8>) {
    let answer = TowerToHyperService::new(router.clone()).call(request).await.unwrap();
    let (status, kind) = (answer.status(), answer.headers().get("content-type").cloned());
    let is_json = kind.is_some_and(|kind| kind.to_str().unwrap().contains("json"));
    (status, is_json, to_bytes(answer.into_body(), usize::MAX).await.unwrap().to_vec())
}

async fn sign_in(router: &Router) -> String {
    let form =
        format!("grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion=jwt-of-{ADMIN}");
    let request = Request::post("/restapi/oauth/token")
        .header("authorization", "Basic YXBwOnNlY3JldA==")
        .header("content-type", "application/x-www-form-urlencoded");
    let (_, _, body) = ask(router, request.body(Body::from(form)).unwrap()).await;
    text(&serde_json::from_slice::<Value>(&body).unwrap()["access_token"])
}

/// Names of parameters, of whatever operation.
fn names(document: &Value) -> Vec<String> {
    let operations = document["paths"].as_object().unwrap().values();
    let operations = operations.flat_map(|methods| methods.as_object().unwrap().values());
    let parameters = operations.flat_map(|operation| operation["parameters"].as_array().unwrap());
    let mut names: Vec<String> = parameters.map(|parameter| text(&parameter["name"])).collect();
    names.extend(["access_token".to_owned(), "token".to_owned()]);
    names.sort_unstable();
    names.dedup();
    names
}

/// What the operation may answer; a path that names something else is refused as such.
fn is_documented(document: &Value, operation: Operation, status: StatusCode) -> bool {
    let method = operation.method().as_str().to_lowercase();
    let responses = &document["paths"][operation.path()][&method]["responses"];
    let elsewhere = [StatusCode::NOT_FOUND, StatusCode::METHOD_NOT_ALLOWED].contains(&status);
    responses[status.as_str()].is_object() || elsewhere
}

#[test]
fn whatever_is_sent_is_answered_as_the_reference_says() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let document = document();
    let router = runtime.block_on(async { server() });
    let token = runtime.block_on(sign_in(&router));
    let mut runner = TestRunner::default();
    let checked = runner.run(&shot(names(&document)), |shot| {
        let Some(request) = shot.request(&token) else {
            return Err(TestCaseError::reject("no URI"));
        };
        let (status, is_json, body) = runtime.block_on(ask(&router, request));
        let known = is_documented(&document, shot.operation, status);
        prop_assert!(known && !status.is_server_error(), "{status}");
        if is_json {
            prop_assert!(serde_json::from_slice::<Value>(&body).is_ok(), "{status}: no JSON");
        }
        prop_assert!(
            is_json || !status.is_client_error() || body.starts_with(b"<!DOCTYPE"),
            "{status}: no error"
        );
        Ok(())
    });
    checked.unwrap();
}
