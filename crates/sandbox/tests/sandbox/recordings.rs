//! Recordings: their sound, who hears it, and how long it is kept.

use callbook_sandbox::{AppScope, Control, Options, Scenario, bind};
use callbook_synth::{Entry, Recording, RecordingMode, Scope};
use reqwest::StatusCode;
use reqwest::header::RANGE;
use serde_json::{Value, json};

use crate::server::{Server, options};
use crate::world::still;

const DAY_MS: i64 = 86_400_000;

/// The company's recordings of calls that were not deleted, oldest first.
fn recordings(server: &Server) -> Vec<Recording> {
    let company = &server.company;
    let entries = company.entries(Scope::Account).iter();
    let kept = entries.filter(|entry| !company.is_deleted(entry.call));
    kept.filter_map(|entry| company.call(entry.call).recording()).collect()
}

async fn status(server: &Server, token: &str, id: u64) -> [StatusCode; 2] {
    let mut statuses = [StatusCode::OK; 2];
    for (status, suffix) in statuses.iter_mut().zip(["", "/content"]) {
        let path = format!("/account/~/recording/{id}{suffix}");
        *status =
            server.get(&path, token).header(RANGE, "bytes=0-0").send().await.unwrap().status();
    }
    statuses
}

const THERE: [StatusCode; 2] = [StatusCode::OK, StatusCode::PARTIAL_CONTENT];
const GONE: [StatusCode; 2] = [StatusCode::NOT_FOUND; 2];

#[tokio::test]
async fn a_record_leads_to_its_recording_and_that_to_its_sound() {
    let server = Server::start().await;
    let token = server.admin_token().await;
    let mut all = recordings(&server);
    all.sort_by_key(|recording| recording.audio.len_bytes());
    for content_type in ["audio/mpeg", "audio/wav", "audio/x-wav"] {
        let recording = all.iter().find(|each| each.audio.content_type() == content_type).unwrap();
        let record = server.company.record(&recording.entry, callbook_synth::View::Simple);
        let record: Value = serde_json::from_str(&record).unwrap();
        let get = async |uri: &Value| {
            let uri = uri.as_str().unwrap();
            server.http.get(uri).bearer_auth(&token).send().await.unwrap()
        };
        let known: Value = get(&record["recording"]["uri"]).await.json().await.unwrap();
        assert_eq!(known["id"], record["recording"]["id"]);
        assert_eq!(known["duration"], recording.duration_ms / 1_000);
        assert_eq!(known["contentUri"], record["recording"]["contentUri"]);
        let sound = get(&known["contentUri"]).await;
        assert_eq!(sound.headers()["content-type"], known["contentType"].as_str().unwrap());
        assert_eq!(sound.content_length(), Some(recording.audio.len_bytes()));
        let whole = recording.audio.bytes(0..u64::MAX);
        assert!(sound.bytes().await.unwrap() == whole, "another sound");
        assert_eq!(known["contentType"], content_type);
    }
}

#[tokio::test]
async fn a_call_made_since_has_a_recording_as_soon_as_its_record() {
    let server = still(options()).await;
    let (token, control) = (server.admin_token().await, server.control());
    let (call, id) = recorded(&server, &control, &token).await;
    assert_eq!(status(&server, &token, id).await, THERE);
    control.delete(&call, false).await.unwrap();
    assert_eq!(status(&server, &token, id).await, GONE);
}

/// Plays calls until one is recorded: its record's id and its recording's.
async fn recorded(server: &Server, control: &Control, token: &str) -> (String, u64) {
    loop {
        let played = control.play(Scenario::QueueAnswered, true, 0).await.unwrap();
        control.advance(31_000).await.unwrap();
        let call = &played.calls[0].id;
        let (_, record) = server.get_json(&format!("/account/~/call-log/{call}"), token).await;
        if let Some(id) = record["recording"]["id"].as_str() {
            return (call.clone(), id.parse().unwrap());
        }
    }
}

#[tokio::test]
async fn recordings_expire_while_their_records_stay() {
    let server = still(Options { recording_days: Some(60), ..options() }).await;
    let (token, control) = (server.admin_token().await, server.control());
    let all = recordings(&server);
    // Noon of the first of April, less sixty days.
    let limit: jiff::Timestamp = "2024-02-01T12:00:00Z".parse().unwrap();
    let end_ms = |entry: &Entry| server.company.call(entry.call).end_ms();
    let (old, young): (Vec<Recording>, Vec<Recording>) =
        all.iter().partition(|each| end_ms(&each.entry) < limit.as_millisecond());
    let (oldest_young, newest_old) = (young[0], old[old.len() - 1]);
    assert_eq!(status(&server, &token, newest_old.id).await, GONE);
    assert_eq!(status(&server, &token, oldest_young.id).await, THERE);
    control.advance(30 * DAY_MS).await.unwrap();
    let token = server.admin_token().await;
    assert_eq!(status(&server, &token, oldest_young.id).await, GONE);
    let path = format!("/account/~/call-log/{}", oldest_young.entry.id);
    let (found, record) = server.get_json(&path, &token).await;
    assert_eq!(found, StatusCode::OK);
    assert_eq!(record["recording"]["id"], oldest_young.id.to_string());
}

#[tokio::test]
async fn so_many_automatic_recordings_are_kept() {
    let server = still(Options { recording_cap: Some(10), ..options() }).await;
    let (token, control) = (server.admin_token().await, server.control());
    let company = &server.company;
    let all = company.entries(Scope::Account).iter();
    let all: Vec<Recording> = all.filter_map(|e| company.call(e.call).recording()).collect();
    let automatic: Vec<_> = all.iter().filter(|r| r.mode == RecordingMode::Automatic).collect();
    let kept = &automatic[automatic.len() - 10..];
    assert_eq!(status(&server, &token, automatic[automatic.len() - 11].id).await, GONE);
    assert_eq!(status(&server, &token, kept[0].id).await, THERE);
    let on_demand = all.iter().find(|r| r.mode == RecordingMode::OnDemand).unwrap();
    assert_eq!(status(&server, &token, on_demand.id).await, THERE);
    // A new one takes the place of the oldest.
    let (_, id) = recorded(&server, &control, &token).await;
    assert_eq!(status(&server, &token, id).await, THERE);
    assert_eq!(status(&server, &token, kept[0].id).await, GONE);
}

#[tokio::test]
async fn an_extension_hears_what_its_own_log_shows() {
    let server = Server::start().await;
    let token = server.ordinary_token().await;
    let own = Scope::Extension(server.ordinary().id);
    let (mut heard, mut foreign) = (0, 0);
    for recording in recordings(&server).iter().take(60) {
        let call = server.company.call(recording.entry.call);
        let shown = call.entry(own).is_some_and(|entry| call.facts(&entry).recording.is_some());
        let expected = if shown { THERE } else { GONE };
        assert_eq!(status(&server, &token, recording.id).await, expected);
        *(if shown { &mut heard } else { &mut foreign }) += 1;
    }
    assert!(heard > 3 && foreign > 3, "{heard} heard, {foreign} not");
}

#[tokio::test]
async fn sounds_can_be_at_another_host() {
    let media_host = Some("localhost".to_owned());
    let server = Server::run(bind(Options { media_host, ..options() }).await.unwrap());
    let token = server.admin_token().await;
    let recording = recordings(&server)[0];
    let (_, known) =
        server.get_json(&format!("/account/~/recording/{}", recording.id), &token).await;
    let uri = known["contentUri"].as_str().unwrap();
    assert!(uri.starts_with("http://localhost:"), "{uri}");
    let record = server.company.record(&recording.entry, callbook_synth::View::Simple);
    assert!(record.contains(&format!("\"contentUri\":\"{uri}\"")));
    let sound = server.http.get(uri).bearer_auth(&token).send().await.unwrap();
    assert_eq!(sound.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_deleted_recording_leaves_its_record_without_one() {
    let server = still(Options { scopes: AppScope::ALL.to_vec(), ..options() }).await;
    let token = server.admin_token().await;
    let all = recordings(&server);
    let (deleted, kept) = (all[0], all[1]);
    let delete = async |ids: &[u64]| {
        let ids: Vec<String> = ids.iter().map(u64::to_string).collect();
        let url = format!("{}/restapi/v1.0/account/~/call-recordings", server.url);
        let request = server.http.delete(url).bearer_auth(&token);
        request.json(&json!({ "records": ids })).send().await.unwrap().status()
    };
    assert_eq!(delete(&[kept.id, 1]).await, StatusCode::NOT_FOUND);
    assert_eq!(status(&server, &token, kept.id).await, THERE);
    assert_eq!(delete(&[deleted.id]).await, StatusCode::NO_CONTENT);
    assert_eq!(status(&server, &token, deleted.id).await, GONE);
    assert_eq!(delete(&[deleted.id]).await, StatusCode::NOT_FOUND);
    let path = format!("/account/~/call-log/{}?view=Detailed", deleted.entry.id);
    let (_, record) = server.get_json(&path, &token).await;
    assert_eq!(record["lastModifiedTime"], "2024-04-01T12:00:00.000Z");
    assert!(!record.to_string().contains("contentUri"), "{record}");
    let truth = server.truth("account").await;
    let line = truth.iter().find(|line| line["id"] == record["id"]).unwrap();
    assert_eq!(line["record"], record);
    assert_eq!(line["history"][1]["event"], "recording_deleted");
    assert_eq!(line["history"][1]["before"]["recording"]["id"], deleted.id.to_string());
}
