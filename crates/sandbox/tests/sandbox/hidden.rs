//! Records that a user deletes from the own call log.

use callbook_sandbox::{AppScope, Options, Scenario};
use reqwest::StatusCode;
use serde_json::Value;

use crate::server::{Server, ids, options};
use crate::world::still;

const LOG: &str = "/account/~/extension/~/call-log?dateFrom=2020-01-01T00:00:00Z&perPage=1000";
const MINUTE_MS: i64 = 60_000;

async fn started() -> Server {
    still(Options { scopes: AppScope::ALL.to_vec(), ..options() }).await
}

async fn delete(server: &Server, query: &str, token: &str) -> StatusCode {
    let url = format!("{}/restapi/v1.0/account/~/extension/~/call-log?{query}", server.url);
    server.http.delete(url).bearer_auth(token).send().await.unwrap().status()
}

async fn list(server: &Server, query: &str, token: &str) -> Value {
    server.get_json(&format!("{LOG}&{query}"), token).await.1
}

#[tokio::test]
async fn a_deleted_record_is_gone_from_ones_own_log_alone() {
    let server = started().await;
    let (token, admin) = (server.ordinary_token().await, server.admin_token().await);
    let account = server.listed("view=Detailed", &admin).await;
    let before = list(&server, "view=Detailed", &token).await;
    let faxes = list(&server, "type=Fax", &token).await;
    assert!(!ids(&faxes).is_empty());
    let sync = "/account/~/extension/~/call-log-sync?syncType=FSync&recordCount=250";
    let (_, synced) = server.get_json(sync, &token).await;
    server.control().advance(MINUTE_MS).await.unwrap();

    assert_eq!(delete(&server, "type=Fax", &token).await, StatusCode::NO_CONTENT);
    let after = list(&server, "view=Detailed", &token).await;
    assert_eq!(ids(&after).len(), ids(&before).len() - ids(&faxes).len());
    assert!(ids(&faxes).iter().all(|id| !ids(&after).contains(id)));
    let fax = ids(&faxes)[0];
    let path = format!("/account/~/extension/~/call-log/{fax}");
    assert_eq!(server.get_json(&path, &token).await.0, StatusCode::NOT_FOUND);
    assert_eq!(server.listed("view=Detailed", &admin).await, account);

    // Whoever synchronises the log is told, and whoever asks for deleted records.
    let all = list(&server, "showDeleted=true", &token).await;
    let marked = all["records"].as_array().unwrap().iter().filter(|each| each["deleted"] == true);
    assert!(marked.filter(|each| each["type"] == "Fax").count() >= ids(&faxes).len());
    let recent: Vec<&str> =
        ids(&faxes).into_iter().filter(|id| ids(&synced).contains(id)).collect();
    let sync_token = synced["syncInfo"]["syncToken"].as_str().unwrap();
    let sync = format!(
        "/account/~/extension/~/call-log-sync?syncType=ISync&syncToken={sync_token}&showDeleted=true"
    );
    let (_, changed) = server.get_json(&sync, &token).await;
    assert!(recent.iter().all(|id| ids(&changed).contains(id)), "{changed}");
    assert!(changed["records"].as_array().unwrap().iter().all(|each| each["deleted"] == true));
}

#[tokio::test]
async fn everything_older_goes_and_what_comes_later_stays() {
    let server = started().await;
    let token = server.ordinary_token().await;
    assert_eq!(delete(&server, "", &token).await, StatusCode::NO_CONTENT);
    assert_eq!(ids(&list(&server, "", &token).await).len(), 0);
    let control = server.control();
    while ids(&list(&server, "", &token).await).is_empty() {
        control.play(Scenario::Answered, true, 0).await.unwrap();
        control.advance(MINUTE_MS).await.unwrap();
    }
    control.reset().await.unwrap();
    let token = server.ordinary_token().await;
    assert!(ids(&list(&server, "", &token).await).len() > 10);
}
