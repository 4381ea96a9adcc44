//! The matrix of refusals: what each operation answers to each kind of caller who may not have it.
//!
//! The rows are stated here, compared with what the OpenAPI document promises, and with what the server does. An
//! operation that is in the document and not here fails the test.

use std::collections::BTreeMap;

use callbook_api::{Operation, Plan};
use serde_json::{Value, json};

use crate::access::path;
use crate::company::{ADMIN, GUEST, RECORDING};
use crate::reference::document;
use crate::server::{Server, error_code, text};

/// Who calls.
const CALLERS: [&str; 6] =
    ["no token", "bad token", "expired token", "wrong scope", "wrong user", "other account"];

/// Status and `errorCode` for each of [`CALLERS`].
type Row = [&'static str; 6];

const NO: &str = "401 OAU-151";
const BAD: &str = "401 OAU-149";
const EXPIRED: &str = "401 OAU-128";
const SCOPE: &str = "403 CMN-401";
const USER: &str = "403 CMN-408";
const NOT_FOUND: &str = "404 CMN-102";

/// Nearly everything: a token, a scope, a permission, and one's own account.
const GUARDED: Row = [NO, BAD, EXPIRED, SCOPE, USER, NOT_FOUND];

/// Everybody has their own, and no path names an account. What it is about is guarded (`push/subscriptions.rs`).
const OWN: Row = [NO, BAD, EXPIRED, "200", "200", "200"];

/// Refused for what it says before anything else.
const UNREADABLE: &str = "400 CMN-101";

/// Whoever asks gets an answer, whatever token they send.
const OPEN: Row = ["200"; 6];

/// No request is complete without a known app.
const SIGN_IN: Row = ["400 CMN-101"; 6];

/// An app is known by Basic authentication or `client_id`; a token is neither.
const CLIENT: Row =
    ["401 OAU-146", "401 OAU-134", "401 OAU-134", "401 OAU-134", "401 OAU-134", "401 OAU-134"];

const MATRIX: &[(&str, Row)] = &[
    ("authorize", SIGN_IN),
    ("authorize2", SIGN_IN),
    ("getToken", CLIENT),
    ("revokeToken", CLIENT),
    ("readAPIVersions", OPEN),
    ("readAPIVersion", OPEN),
    ("readAccountInfo", GUARDED),
    ("readCompanyBusinessHours", GUARDED),
    ("listExtensions", GUARDED),
    ("readExtension", GUARDED),
    ("listCallQueues", GUARDED),
    ("readCallQueueInfo", GUARDED),
    ("listCallQueueMembers", GUARDED),
    ("listSites", GUARDED),
    ("readUserBusinessHours", GUARDED),
    ("listAccountPhoneNumbers", GUARDED),
    ("listExtensionPhoneNumbers", GUARDED),
    ("readCompanyCallLog", GUARDED),
    ("readCompanyCallRecord", GUARDED),
    ("readUserCallLog", GUARDED),
    ("readUserCallRecord", GUARDED),
    ("syncAccountCallLog", GUARDED),
    ("syncUserCallLog", GUARDED),
    ("extractSyncAccountCallLog", GUARDED),
    ("listCompanyActiveCalls", GUARDED),
    ("listExtensionActiveCalls", GUARDED),
    ("readCallRecording", GUARDED),
    // No permission is asked for: whoever hears of a recording in their own log may hear it.
    ("readCallRecordingContent", [NO, BAD, EXPIRED, SCOPE, NOT_FOUND, NOT_FOUND]),
    ("deleteCompanyCallRecordings", GUARDED),
    ("deleteUserCallLog", GUARDED),
    ("authWsToken", [NO, BAD, EXPIRED, SCOPE, "200", "200"]),
    ("readAccountPresence", GUARDED),
    ("readCallQueuePresence", [NO, BAD, EXPIRED, SCOPE, "200", NOT_FOUND]),
    // Everybody sees the calls that they take part in.
    ("readCallSessionStatus", [NO, BAD, EXPIRED, SCOPE, NOT_FOUND, NOT_FOUND]),
    ("analyticsCallsAggregationFetch", GUARDED),
    ("analyticsCallsTimelineFetch", GUARDED),
    ("listSubscriptions", OWN),
    ("createSubscription", [NO, BAD, EXPIRED, UNREADABLE, UNREADABLE, UNREADABLE]),
    ("readSubscription", [NO, BAD, EXPIRED, NOT_FOUND, NOT_FOUND, NOT_FOUND]),
    ("updateSubscription", [NO, BAD, EXPIRED, NOT_FOUND, NOT_FOUND, NOT_FOUND]),
    ("deleteSubscription", [NO, BAD, EXPIRED, NOT_FOUND, NOT_FOUND, NOT_FOUND]),
    ("renewSubscription", [NO, BAD, EXPIRED, NOT_FOUND, NOT_FOUND, NOT_FOUND]),
];

fn row(id: &str) -> Row {
    MATRIX.iter().find(|(known, _)| *known == id).unwrap_or_else(|| panic!("{id} has no row")).1
}

/// What the document says of every operation, by id.
fn described() -> BTreeMap<String, Value> {
    let document = document();
    let paths = document["paths"].as_object().unwrap().values();
    let operations = paths.flat_map(|methods| methods.as_object().unwrap().values());
    operations.map(|operation| (text(&operation["operationId"]), operation.clone())).collect()
}

#[test]
fn every_operation_of_the_document_has_a_row_and_no_other() {
    let described: Vec<String> = described().into_keys().collect();
    let mut rows: Vec<&str> = MATRIX.iter().map(|(id, _)| *id).collect();
    rows.sort_unstable();
    assert_eq!(rows, described);
}

#[test]
fn the_document_promises_what_the_matrix_states() {
    for (id, operation) in described() {
        let [no, bad, expired, scope, user, _] = row(&id);
        let bearer = operation["security"].to_string().contains("Bearer");
        assert_eq!([no, bad, expired] == [NO, BAD, EXPIRED], bearer, "{id}: tokens");
        assert_eq!(scope == SCOPE, operation["x-app-permission"].is_string(), "{id}: scope");
        assert_eq!(user == USER, operation["x-user-permission"].is_string(), "{id}: permission");
        for answer in row(&id) {
            let status = &answer[..3];
            assert!(operation["responses"][status].is_object(), "{id}: {answer} is undocumented");
        }
    }
}

#[tokio::test]
async fn the_server_answers_what_the_matrix_states() {
    let server = Server::start(Plan::Off).await;
    let expired = server.access_token(ADMIN).await;
    server.ports.clock.advance_s(3_601);
    let admin = server.access_token(ADMIN).await;
    let guest = server.access_token(GUEST).await;
    for &operation in Operation::ALL {
        // An app that has every scope but the one that is needed.
        let wrong_scope = match operation.app_scope().is_some() {
            true => text(&server.login(wrong_app(operation), ADMIN).await["access_token"]),
            false => admin.clone(),
        };
        let tokens = ["", "x", &expired, &wrong_scope, &guest, &admin];
        for ((caller, token), expected) in CALLERS.into_iter().zip(tokens).zip(row(operation.id()))
        {
            let answer = call(&server, operation, caller, token).await;
            assert_eq!(answer, expected, "{}: {caller}", operation.id());
        }
    }
}

/// An app of the tests that lacks the operation's scope.
fn wrong_app(operation: Operation) -> &'static str {
    match operation.app_scope() {
        Some(callbook_api::AppScope::ReadAccounts) => "recordings",
        _ => "narrow",
    }
}

async fn call(server: &Server, operation: Operation, caller: &str, token: &str) -> String {
    let mut path = path(operation).replace("{apiVersion}", "v1.0");
    if caller == "other account" {
        path = path.replace("/account/~", "/account/999").replace("/accounts/~", "/accounts/999");
    }
    let url = format!("{}{path}?recordCount=1", server.url);
    let mut request = server.http.request(operation.method(), url);
    if !token.is_empty() {
        request = request.bearer_auth(token);
    }
    request = match operation {
        Operation::GetToken | Operation::RevokeToken | Operation::AuthorizeByForm => {
            request.form(&[("grant_type", "refresh_token")])
        }
        _ => request.json(&json!({ "records": [RECORDING] })),
    };
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let body: Value = answer.json().await.unwrap_or_default();
    format!("{status} {}", error_code(&body)).trim().to_owned()
}
