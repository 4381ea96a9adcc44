//! A directory that changes.

use callbook_sandbox::{ControlError, Reorganization};
use callbook_synth::ExtensionKind;
use reqwest::StatusCode;
use serde_json::Value;

use crate::server::Server;

async fn records(server: &Server, path: &str) -> Vec<Value> {
    let token = server.admin_token().await;
    let (status, mut list) = server.get_json(&format!("/account/~/{path}"), &token).await;
    assert_eq!(status, StatusCode::OK, "{list}");
    let Value::Array(records) = list["records"].take() else { panic!("{list}") };
    records
}

async fn names(server: &Server, path: &str) -> Vec<String> {
    let records = records(server, path).await;
    records.iter().map(|record| record["name"].as_str().unwrap().to_owned()).collect()
}

async fn members(server: &Server, queue: u64) -> Vec<u64> {
    let members = records(server, &format!("call-queues/{queue}/members")).await;
    members.iter().map(|member| member["id"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn people_come_go_and_change_their_names() {
    let server = Server::start().await;
    let control = server.control();
    let before = names(&server, "extension").await;
    let who = server.ordinary().number.clone();
    let renamed = Reorganization::Rename { who: who.clone(), name: "Ann Other".into() };
    assert_eq!(control.reorganize(&renamed).await.unwrap().unwrap()["name"], "Ann Other");
    let added = Reorganization::Add { name: "New Comer".into() };
    let added = control.reorganize(&added).await.unwrap().unwrap();
    let now = names(&server, "extension").await;
    assert_eq!(now.len(), before.len() + 1);
    assert!(now.contains(&"Ann Other".into()) && now.contains(&"New Comer".into()));
    let token = server.admin_token().await;
    let path = format!("/account/~/extension/{}", added["id"]);
    assert_eq!(server.get_json(&path, &token).await.1["name"], "New Comer");

    let removed = Reorganization::Remove { who: added["id"].to_string() };
    assert_eq!(control.reorganize(&removed).await.unwrap(), None);
    assert_eq!(server.get_json(&path, &token).await.0, StatusCode::NOT_FOUND);
    let department = Reorganization::Department { who: who.clone(), department: "Sales".into() };
    control.reorganize(&department).await.unwrap();
    let all = records(&server, "extension").await;
    let ann = all.iter().find(|record| record["extensionNumber"] == *who).unwrap();
    assert_eq!(
        (&ann["name"], &ann["contact"]["department"]),
        (&"Ann Other".into(), &"Sales".into())
    );

    control.reset().await.unwrap();
    assert_eq!(names(&server, "extension").await, before);
}

#[tokio::test]
async fn people_move_between_queues() {
    let server = Server::start().await;
    let control = server.control();
    let queue = server.company.extensions().iter().find(|e| e.kind == ExtensionKind::Queue);
    let queue = queue.unwrap();
    let (who, left) = (queue.members[0], queue.members.len() - 1);
    let (who_text, queue_text) = (who.to_string(), queue.number.clone());
    let leave = Reorganization::Leave { who: who_text.clone(), queue: queue_text.clone() };
    control.reorganize(&leave).await.unwrap();
    let now = members(&server, queue.id).await;
    assert!(now.len() == left && !now.contains(&who), "{now:?}");
    let join = Reorganization::Join { who: who_text.clone(), queue: queue_text };
    control.reorganize(&join).await.unwrap();
    control.reorganize(&join).await.unwrap();
    assert_eq!(members(&server, queue.id).await.len(), left + 1);
    let none = Reorganization::Join { who: who_text.clone(), queue: who_text };
    let refused = control.reorganize(&none).await;
    assert!(matches!(refused, Err(ControlError::Refused { .. })), "{refused:?}");
}

#[tokio::test]
async fn sites_and_hours_are_those_of_the_company() {
    let server = Server::start().await;
    let (control, token) = (server.control(), server.admin_token().await);
    let sites = records(&server, "sites").await;
    assert_eq!(sites.len(), 5);
    assert_eq!(sites[2]["regionalSettings"]["timezone"]["name"], "Europe/London");
    assert!(sites.iter().all(|site| site["id"].is_string() && site["code"].is_string()));
    let queue = server.company.extensions().iter().find(|e| e.kind == ExtensionKind::Queue);
    let queue = queue.unwrap();
    let of_queue = format!("/account/~/extension/{}/business-hours", queue.id);
    let monday = |json: &Value| json["schedule"]["weeklyRanges"]["monday"][0]["from"].clone();
    assert_eq!(monday(&server.get_json(&of_queue, &token).await.1), "09:00");
    let hours = |who: Option<&str>, from: &str| {
        let (from, to) = (from.to_owned(), "16:00".to_owned());
        Reorganization::Hours { who: who.map(str::to_owned), from, to }
    };
    control.reorganize(&hours(Some(&queue.number), "07:30")).await.unwrap();
    control.reorganize(&hours(None, "08:00")).await.unwrap();
    assert_eq!(monday(&server.get_json(&of_queue, &token).await.1), "07:30");
    let (_, company) = server.get_json("/account/~/business-hours", &token).await;
    assert_eq!(monday(&company), "08:00");
    let (_, user) = server.get_json("/account/~/extension/~/business-hours", &token).await;
    assert_eq!(user["schedule"], serde_json::json!({}));
    for wrong in [hours(None, "8"), hours(Some("nobody"), "08:00")] {
        assert!(control.reorganize(&wrong).await.is_err(), "{wrong:?}");
    }
}
