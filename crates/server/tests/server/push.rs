//! Changes of an archive, told to a webhook: each, in order, over restarts.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use callbook_api::{
    Api, Config, Hub, MemoryTokens, NoAnalytics, Plan, PlanLimiter, PushOptions, Scope,
    ServeOptions, SyncKey, deliver, router, serve,
};
use callbook_server::{
    Addresses, Archive, ArchiveCallLog, ArchiveDirectory, ArchiveJournal, ArchivePorts,
    ArchiveRecordings, ArchiveSubscriptions,
};
use callbook_store::{Batch, Decoder, SyncLock};
use reqwest::Client;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;

use crate::company::{Archived, company};
use crate::kinds::conformance;
use crate::serving::{Everybody, token};

/// A webhook, and what it is told.
async fn receiver() -> (String, UnboundedReceiver<Value>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/hook", listener.local_addr().unwrap());
    let (sender, told) = unbounded_channel();
    let router = Router::new().route("/hook", post(take)).with_state(sender);
    tokio::spawn(serve(listener, router, ServeOptions::default(), std::future::pending()));
    (address, told)
}

async fn take(
    State(told): State<UnboundedSender<Value>>,
    headers: HeaderMap,
    body: String,
) -> Response {
    if let Some(question) = headers.get("validation-token") {
        return [("validation-token", question.clone())].into_response();
    }
    told.send(serde_json::from_str(&body).unwrap()).unwrap();
    StatusCode::OK.into_response()
}

/// A server of the archive, until its tasks are dropped.
async fn start(archived: &Archived) -> (String, JoinSet<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let addresses = Addresses { server_url: url.clone(), media_url: url.clone() };
    let (store, account) = (archived.store.clone(), archived.account.clone());
    let archive = Archive::new(store.clone(), account.clone(), addresses);
    let ports = ArchivePorts {
        call_log: ArchiveCallLog(archive.clone()),
        recordings: ArchiveRecordings { archive: archive.clone(), place: None },
        directory: ArchiveDirectory(archive.clone()),
        apps: Everybody,
        tokens: MemoryTokens::default(),
        limiter: Arc::new(PlanLimiter::new(Plan::Off)),
        subscriptions: ArchiveSubscriptions::new(store, account.key),
        journal: ArchiveJournal(archive),
        analytics: NoAnalytics,
    };
    let config = Config {
        server_url: url.clone(),
        media_url: url.clone(),
        sync_key: SyncKey::new([1; 32]),
        refresh_grace: Duration::ZERO,
        hub: Hub::default(),
        push: PushOptions {
            loopback_webhooks: true,
            call_log_changes: true,
            ..PushOptions::default()
        },
    };
    let (api, mut tasks) = (Api::new(ports, config), JoinSet::new());
    tasks.spawn(deliver(api.clone()));
    let serving = serve(listener, router(api), ServeOptions::default(), std::future::pending());
    tasks.spawn(async { serving.await.unwrap() });
    (url, tasks)
}

async fn subscribe(url: &str, user: u64, filter: &str, address: &str) {
    let http = Client::new();
    let token = token(&http, url, "app", None, &format!("jwt-of-{user}")).await;
    let mode = json!({ "transportType": "WebHook", "address": address });
    let body = json!({ "eventFilters": [filter], "deliveryMode": mode });
    let url = format!("{url}/restapi/v1.0/subscription");
    let answer = http.post(url).bearer_auth(token).json(&body).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
}

/// A call of somebody's, with a number that no float holds.
fn record(id: &str, result: &str) -> String {
    let user = company().user;
    format!(
        r#"{{"id":"{id}","startTime":"2024-05-31T23:59:00.000Z","duration":5,"direction":"Inbound",
        "result":"{result}","uri":"http://upstream/restapi/v1.0/account/1/call-log/x?view=Simple",
        "to":{{"extensionId":"{user}"}},"legs":[],"x-odd":12345678901234567890.10}}"#
    )
}

async fn commit(archived: &Archived, lock: &SyncLock, id: &str, result: &str) {
    let mut decoder = Decoder::new(archived.account.home).unwrap();
    let decoded = decoder.decode(&record(id, result)).unwrap().unwrap();
    let batch = Batch { records: vec![decoded], ..Batch::default() };
    archived.store.commit(lock, Scope::Account, batch).await.unwrap();
}

conformance! {
    async fn every_change_is_told_in_order_over_restarts(kind: Kind) {
        let archived = Archived::new(kind).await;
        let lock = archived.store.lock_sync(archived.account.key).await.unwrap();
        let (address, mut told) = receiver().await;
        let (url, server) = start(&archived).await;
        subscribe(&url, company().admin, "/restapi/v1.0/account/~/call-log", &address).await;
        commit(&archived, &lock, "a", "Missed").await;
        let first = told.recv().await.unwrap()["body"].take();
        assert_eq!((&first["change"], &first["id"]), (&json!("added"), &json!("a")));
        let uri = first["record"]["uri"].as_str().unwrap();
        assert!(uri.starts_with(&url) && uri.ends_with("view=Detailed"), "{uri}");

        drop(server);
        commit(&archived, &lock, "b", "Missed").await;
        commit(&archived, &lock, "a", "Accepted").await;
        let (_, _server) = start(&archived).await;
        let mut number = first["changeNumber"].as_i64().unwrap();
        for expected in [("added", "b"), ("edited", "a")] {
            // What was under way when the first server stopped may be told again.
            let body = loop {
                let body = told.recv().await.unwrap()["body"].take();
                if body["changeNumber"].as_i64().unwrap() > number {
                    break body;
                }
            };
            number = body["changeNumber"].as_i64().unwrap();
            assert_eq!((&body["change"], &body["id"]), (&json!(expected.0), &json!(expected.1)));
        }
    }

    async fn a_user_is_told_of_calls_as_the_own_log_has_them(kind: Kind) {
        let archived = Archived::new(kind).await;
        let lock = archived.store.lock_sync(archived.account.key).await.unwrap();
        let (address, mut told) = receiver().await;
        let (url, _server) = start(&archived).await;
        let filter = "/restapi/v1.0/account/~/extension/~/call-log";
        subscribe(&url, company().user, filter, &address).await;
        commit(&archived, &lock, "a", "Missed").await;
        let body = told.recv().await.unwrap()["body"].take();
        let user = company().user;
        assert_eq!(body["id"], format!("a-{user}"), "{body}");
        let http = Client::new();
        let token = token(&http, &url, "app", None, &format!("jwt-of-{user}")).await;
        let own = format!("{url}/restapi/v1.0/account/~/extension/~/call-log/a-{user}?view=Detailed");
        let read: Value = http.get(own).bearer_auth(token).send().await.unwrap().json().await.unwrap();
        assert_eq!(body["record"], read);
    }
}
