//! A transfer that the company has two records of is one call to whoever it was passed on to.

use callbook_model::Scope;
use callbook_store::{Batch, Decoder};
use serde_json::{Value, json};

use crate::company::{Archived, company};
use crate::kinds::conformance;
use crate::serving::Served;

const PASSED_ON: &str = "2024-05-31T12:01:00.000Z";

/// The leg of the user that the call was passed on to; the master of its own record.
fn leg() -> Value {
    json!({
        "startTime": PASSED_ON, "durationMs": 5_000, "direction": "Inbound", "action": "Transfer",
        "legType": "TransferCall", "result": "Accepted", "extension": { "id": company().user },
    })
}

fn record(id: &str, start: &str, legs: &Value) -> Value {
    json!({
        "id": id, "uri": format!("https://a/restapi/v1.0/account/1/call-log/{id}?view=Detailed"),
        "startTime": start, "durationMs": 90_000, "direction": "Inbound", "result": "Accepted",
        "telephonySessionId": "s-two", "legs": legs,
    })
}

async fn ids(served: &Served, path: &str) -> Vec<Value> {
    let answer: Value = serde_json::from_str(&served.text(path).await).unwrap();
    let records = answer["records"].as_array().unwrap_or_else(|| panic!("{answer}"));
    records.iter().map(|record| record["id"].clone()).collect()
}

conformance! {
    async fn the_part_that_has_its_own_record_is_told_once(kind: Kind) {
        let served = Served::new(Archived::new(kind).await).await;
        let (store, account) = (&served.archived.store, &served.archived.account);
        let first = json!({
            "startTime": "2024-05-31T12:00:00.000Z", "durationMs": 60_000, "direction": "Inbound",
            "action": "Phone Call", "result": "Accepted", "master": true,
            "extension": { "id": company().admin },
        });
        let mut alone = leg();
        alone["master"] = true.into();
        let records = [
            record("whole", "2024-05-31T12:00:00.000Z", &json!([first, leg()])),
            record("rest", PASSED_ON, &json!([alone])),
        ];
        let user = company().user;
        let log = format!("/account/~/extension/{user}");
        let sync = format!("{log}/call-log-sync?syncType=FSync&recordCount=100");
        let answer: Value = serde_json::from_str(&served.text(&sync).await).unwrap();
        let token = answer["syncInfo"]["syncToken"].as_str().unwrap();

        let lock = store.lock_sync(account.key).await.unwrap();
        let mut decoder = Decoder::new(account.home).unwrap();
        let decoded = records.iter().map(|each| decoder.decode(&each.to_string()).unwrap().unwrap());
        let batch = Batch { records: decoded.collect(), ..Batch::default() };
        store.commit(&lock, Scope::Account, batch).await.unwrap();

        let own = [json!(format!("rest-{user}"))];
        let span = "dateFrom=2024-05-31T11:00:00Z&dateTo=2024-06-01T00:00:00Z";
        let listed = format!("{log}/call-log?{span}&telephonySessionId=s-two");
        assert_eq!(ids(&served, &listed).await, own);
        let told = format!("{log}/call-log-sync?syncType=ISync&syncToken={token}");
        assert_eq!(ids(&served, &told).await, own);
        let administrator = served.token(company().admin).await;
        for (id, status) in [("rest", 200), ("whole", 404)] {
            let path = format!("{log}/call-log/{id}-{user}");
            assert_eq!(served.get(&path, &administrator).await.status(), status, "{id}");
        }
    }
}
