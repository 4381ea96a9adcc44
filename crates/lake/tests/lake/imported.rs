//! Rows of the portal's CSV are calls as long as the archive has no record of them.

use callbook_lake::Lake;
use callbook_model::Scope;
use callbook_store::{Decoder, State};
use serde_json::json;

use crate::archive::{Archive, Call, EVERYTHING, START_MS, ask, moment, tables};

/// A row of the caller that [`Call`] has of the same number, in the minute in which that begins.
fn row(session: u32, seconds: i64, result: &str) -> String {
    json!({
        "id": format!("portal-{session}"), "startTime": moment(START_MS + i64::from(session) * 60_000),
        "duration": seconds, "direction": "Inbound", "action": "Phone Call", "result": result,
        "from": { "phoneNumber": format!("+1650555{session:04}"), "name": "Ann" },
        "to": { "extensionNumber": "101" }, "extension": { "id": 1001 },
        "imported": { "from": "portal", "row": [] },
    })
    .to_string()
}

fn record(session: u32, seconds: i64) -> Call {
    let start_ms = START_MS + i64::from(session) * 60_000 + 30_000;
    Call { id: session, session, start_ms, seconds, result: "Missed", deleted: false }
}

async fn import(archive: &Archive, rows: &[String]) {
    let decoder = &mut Decoder::new(callbook_model::Region::US).unwrap();
    let mut state =
        |row: &String| State { incoming: decoder.decode(row).unwrap().unwrap(), seen: None };
    let rows = rows.iter().map(&mut state).collect();
    archive.import(Scope::PORTAL, rows).await;
}

/// Sessions and where they are from, before as well as after an update, as if made anew.
async fn sources(archive: &Archive, lake: &Lake) -> Vec<String> {
    let sql = "SELECT session, source FROM interactions ORDER BY session";
    let sources = ask(&tables(lake).await, sql).await;
    lake.update(&mut |_| {}).await.unwrap();
    let (kept, anew) = (tables(lake).await, tables(&archive.lake("anew")).await);
    for every in EVERYTHING {
        assert_eq!(ask(&kept, every).await, ask(&anew, every).await, "{every}");
    }
    assert_eq!(ask(&kept, sql).await, sources);
    sources
}

#[tokio::test]
async fn a_row_says_what_is_known_and_no_more() {
    let archive = Archive::new().await;
    import(&archive, &[row(1, 60, "Accepted"), row(2, 20, "Missed"), row(3, 9, "Sung")]).await;
    let tables = tables(&archive.lake("kept")).await;
    let known = "SELECT session, direction, origin, disposition, customer_number, caller_name, called_extension,
        duration_ms, records FROM interactions ORDER BY session";
    assert_eq!(
        ask(&tables, known).await,
        [
            "portal-1 inbound external answered +16505550001 Ann 1001 60000 1",
            "portal-2 inbound external missed +16505550002 Ann 1001 20000 1",
            "portal-3 inbound external unknown +16505550003 Ann 1001 9000 1",
        ]
    );
    let unknown = "SELECT DISTINCT answered_by, answered_at, wait_ms, talk_ms, first_queue, queue_visits, offers, refused,
        transfers, hops, legs, recorded, after_hours, cost_included, cost_purchased FROM interactions";
    assert_eq!(ask(&tables, unknown).await, [["null"; 15].join(" ")]);
    for table in ["legs", "offers", "queue_visits", "recordings"] {
        assert_eq!(ask(&tables, &format!("SELECT count(*) FROM {table}")).await, ["0"], "{table}");
    }
}

#[tokio::test]
async fn no_call_is_there_twice() {
    let archive = Archive::new().await;
    let lake = archive.lake("kept");
    archive.commit(&[record(1, 60)]).await;
    import(&archive, &[row(1, 60, "Missed"), row(2, 60, "Missed"), row(3, 60, "Missed")]).await;
    let all = ["portal-2 portal", "portal-3 portal", "s-1 ringcentral"];
    assert_eq!(sources(&archive, &lake).await, all);
    // The record of a row comes, and turns out to be another call's.
    archive.commit(&[record(2, 60)]).await;
    let replaced = ["portal-3 portal", "s-1 ringcentral", "s-2 ringcentral"];
    assert_eq!(sources(&archive, &lake).await, replaced);
    archive.commit(&[record(2, 90)]).await;
    let both = ["portal-2 portal", "portal-3 portal", "s-1 ringcentral", "s-2 ringcentral"];
    assert_eq!(sources(&archive, &lake).await, both);
    // A record that was deleted upstream is still known.
    archive.commit(&[Call { deleted: true, ..record(1, 60) }]).await;
    let deleted = ["portal-2 portal", "portal-3 portal", "s-2 ringcentral"];
    assert_eq!(sources(&archive, &lake).await, deleted);
    archive.purge(START_MS + 150_000).await;
    lake.update(&mut |_| {}).await.unwrap();
    assert_eq!(sources(&archive, &lake).await, ["portal-3 portal", "s-2 ringcentral"]);
}
