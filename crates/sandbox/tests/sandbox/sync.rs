//! Synchronisation with a sandbox in which things happen.

use std::collections::HashMap;

use callbook_sandbox::Scenario;
use reqwest::StatusCode;
use serde_json::Value;

use crate::server::{Server, options};
use crate::world::{live, still};

const SYNC: &str = "/account/~/call-log-sync";
const EXTRACT: &str = "/account/~/call-log-extract-sync";
const MINUTE_MS: i64 = 60_000;

struct Client<'a> {
    server: &'a Server,
    access: String,
    token: String,
    /// What an archive would hold.
    records: HashMap<String, Value>,
}

impl<'a> Client<'a> {
    async fn new(server: &'a Server) -> Self {
        let access = server.admin_token().await;
        Self { server, access, token: String::new(), records: HashMap::new() }
    }

    /// Asks, keeps what is given, and says how much that was, and whether there is more.
    async fn ask(&mut self, path: &str) -> (usize, bool) {
        let (status, answer) = self.try_ask(path).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        self.token = answer["syncInfo"]["syncToken"].as_str().unwrap().to_owned();
        let records = answer["records"].as_array().unwrap();
        for record in records {
            self.records.insert(record["id"].as_str().unwrap().to_owned(), record.clone());
        }
        (records.len(), answer["syncInfo"]["newerRecordsExist"] == true)
    }

    async fn try_ask(&self, path: &str) -> (StatusCode, Value) {
        let path = path.replace("TOKEN", &self.token);
        self.server.get_json(&path, &self.access).await
    }
}

#[tokio::test]
async fn a_frame_is_kept_current_and_grows_into_the_past() {
    let server = still(options()).await;
    let control = server.control();
    let mut client = Client::new(&server).await;
    assert_eq!(client.ask(&format!("{SYNC}?recordCount=200&view=Detailed")).await.0, 200);
    let isync = format!("{SYNC}?syncType=ISync&syncToken=TOKEN");
    assert_eq!(client.ask(&isync).await.0, 0, "nothing has happened");

    let listed = server.listed("view=Detailed", &client.access).await;
    let id = |place: usize| listed[place]["id"].as_str().unwrap().to_owned();
    // The first is within the frame, the second is not.
    control.edit(&id(5)).await.unwrap();
    control.edit(&id(1_000)).await.unwrap();
    control.delete(&id(7), false).await.unwrap();
    control.delete(&id(8), true).await.unwrap();
    let played = control.play(Scenario::Fax, true, 0).await.unwrap();
    control.advance(30_000).await.unwrap();
    let before = client.token.clone();
    assert_eq!(client.ask(&isync).await.0, 2, "the edit and the fax");
    assert_eq!(client.records[&id(5)]["metadataCategories"][0], "Edited/1");
    assert!(client.records.contains_key(&played.calls[0].id));
    client.token = before;
    assert_eq!(client.ask(&format!("{isync}&showDeleted=true")).await.0, 3, "and the deletion");
    assert_eq!(client.records[&id(7)]["deleted"], true);

    control.advance(MINUTE_MS).await.unwrap();
    while client.ask(&format!("{isync}&recordCount=250")).await.0 > 0 {}
    let listed = server.listed("view=Detailed", &client.access).await;
    client.records.retain(|key, record| *key != id(8) && record["deleted"] != true);
    assert_eq!(client.records.len(), listed.len());
    assert!(listed.iter().all(|record| client.records[record["id"].as_str().unwrap()] == *record));
}

#[tokio::test]
async fn records_that_began_together_are_not_lost_at_the_edge_of_a_frame() {
    let server = still(options()).await;
    let mut client = Client::new(&server).await;
    client.ask(&format!("{SYNC}?recordCount=1")).await;
    let isync = format!("{SYNC}?syncType=ISync&syncToken=TOKEN&recordCount=7");
    while client.ask(&isync).await.0 > 0 {}
    assert_eq!(client.records.len(), server.listed("", &client.access).await.len());
}

#[tokio::test]
async fn an_extract_keeps_up_where_a_token_is_refused() {
    let server = still(live(60)).await;
    let control = server.control();
    let mut frame = Client::new(&server).await;
    let mut extract = Client::new(&server).await;
    frame.ask(&format!("{SYNC}?recordCount=10")).await;
    extract.ask(&format!("{EXTRACT}?view=Detailed&dateFrom=2024-04-01T12:00:00Z")).await;
    for _ in 0..12 {
        control.advance(10 * MINUTE_MS).await.unwrap();
        let isync = format!("{EXTRACT}?syncType=ISync&syncToken=TOKEN");
        while extract.ask(&isync).await.1 {}
        // Tokens of an hour ago have run out: the sandbox's clock goes for everything.
        extract.access = server.admin_token().await;
    }
    frame.access = extract.access.clone();
    let isync = format!("{SYNC}?syncType=ISync&syncToken=TOKEN");
    let (status, refusal) = frame.try_ask(&isync).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(refusal["errors"][0]["errorCode"], "CLG-104");
    assert_eq!(refusal["errors"][0]["parameterName"], "syncToken");

    let truth = server.truth("account").await;
    let modified = |line: &Value| line["record"]["lastModifiedTime"].as_str().unwrap().to_owned();
    let live = truth.iter().filter(|line| line["state"] == "live");
    let live: Vec<&Value> =
        live.filter(|line| *modified(line) >= *"2024-04-01T12:00:00Z").collect();
    assert!(live.len() > 6_000, "{}", live.len());
    // Those that came late with the modification time of long ago are what no extract brings.
    let missed = live
        .iter()
        .filter(|line| extract.records.get(line["id"].as_str().unwrap()) != Some(&line["record"]));
    let late = |line: &Value| {
        let shown = line["history"][0]["at"].as_str().unwrap();
        line["history"].as_array().unwrap().len() == 1 && *modified(line) < *shown
    };
    let missed: Vec<_> = missed.collect();
    assert!(missed.iter().all(|line| late(line)), "{missed:?}");
}

#[tokio::test]
async fn a_token_survives_a_restart_and_no_change() {
    let server = still(options()).await;
    let mut client = Client::new(&server).await;
    client.ask(&format!("{SYNC}?recordCount=10")).await;
    let again = still(options()).await;
    let mut restarted = Client::new(&again).await;
    restarted.token = client.token.clone();
    let isync = format!("{SYNC}?syncType=ISync&syncToken=TOKEN");
    assert_eq!(restarted.ask(&isync).await.0, 0);

    let mut other = options();
    other.company.seed += 1;
    let other = still(other).await;
    let mut stranger = Client::new(&other).await;
    stranger.token = client.token.clone();
    assert_eq!(stranger.try_ask(&isync).await.1["errors"][0]["errorCode"], "CLG-101");
    let first = if client.token.starts_with('A') { "B" } else { "A" };
    client.token.replace_range(..1, first);
    assert_eq!(client.try_ask(&isync).await.1["errors"][0]["errorCode"], "CLG-101");
}

#[tokio::test]
async fn an_extensions_frame_has_its_own_records() {
    let server = still(options()).await;
    let extension = server.ordinary().id;
    let mut client = Client::new(&server).await;
    let path = format!("/account/~/extension/{extension}/call-log-sync");
    client.ask(&format!("{path}?recordCount=5&view=Detailed")).await;
    let id = client.records.keys().next().unwrap().clone();
    server.control().edit(&id).await.unwrap();
    let isync = format!("{path}?syncType=ISync&syncToken=TOKEN");
    assert_eq!(client.ask(&isync).await.0, 1);
    assert_eq!(client.records[&id]["metadataCategories"][0], "Edited/1");
    assert_eq!(client.try_ask(&format!("{SYNC}?syncType=ISync&syncToken=TOKEN")).await.0, 400);
}
