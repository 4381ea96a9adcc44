//! Lists and records: what the sandbox answers, the archive of it answers as well.

use serde_json::Value;

use crate::company::{Archived, company};
use crate::kinds::conformance;
use crate::serving::{Served, sandbox_text};

const SINCE: &str = "dateFrom=2023-12-01T00:00:00Z&dateTo=2024-06-01T00:00:00Z";

/// The texts of a page's records, with hosts left out. What began in the same millisecond is in no order.
fn records(body: &str, url: &str) -> Vec<(String, String)> {
    #[derive(serde::Deserialize)]
    struct Page {
        records: Vec<Box<serde_json::value::RawValue>>,
    }
    let page: Page = serde_json::from_str(body).unwrap_or_else(|_| panic!("{body}"));
    let each = page.records.iter().map(|text| {
        let record: Value = serde_json::from_str(text.get()).unwrap();
        (record["startTime"].as_str().unwrap().to_owned(), text.get().replace(url, ""))
    });
    let mut records: Vec<_> = each.collect();
    assert!(records.is_sorted_by(|newer, older| newer.0 >= older.0));
    records.sort();
    records
}

/// Every page's records, by the links from each to the next.
async fn walk(served: &Served, path: &str) -> (Vec<Value>, u64) {
    let token = served.token(company().admin).await;
    let (mut records, mut pages) = (Vec::new(), 0);
    let mut next = Some(path.to_owned());
    while let Some(path) = next {
        let mut page = served.json(&path, &token).await;
        records.append(page["records"].as_array_mut().unwrap());
        pages += 1;
        assert_eq!(page["paging"]["page"], pages);
        let uri = page["navigation"]["nextPage"]["uri"].as_str();
        let base = format!("{}/restapi/v1.0", served.url);
        next = uri.map(|uri| uri.strip_prefix(&base).unwrap().to_owned());
    }
    (records, pages)
}

conformance! {
    async fn the_companys_log_is_served_byte_for_byte(kind: Kind) {
        let served = Served::new(Archived::new(kind).await).await;
        let number = company().user_number.as_str();
        let some = sandbox_text(&served.http, &format!("/account/~/call-log?{SINCE}&perPage=7")).await;
        let some: Value = serde_json::from_str(&some).unwrap();
        let with = |field: &str| some["records"][3][field].as_str().unwrap().to_owned();
        let caller = some["records"].as_array().unwrap().iter()
            .find_map(|call| call["from"]["phoneNumber"].as_str()).unwrap();
        let queries = [
            String::new(),
            "&view=Detailed&perPage=1000".to_owned(),
            "&perPage=40&page=3".to_owned(),
            "&direction=Outbound&view=Detailed".to_owned(),
            "&direction=Inbound&direction=Outbound&perPage=11".to_owned(),
            "&type=Fax".to_owned(),
            "&type=Fax&page=2&perPage=5".to_owned(),
            "&recordingType=All&perPage=1000".to_owned(),
            "&recordingType=Automatic".to_owned(),
            "&recordingType=OnDemand".to_owned(),
            format!("&extensionNumber={number}&perPage=1000"),
            format!("&extensionNumber={number}&direction=Inbound&type=Voice&page=2&perPage=9"),
            "&extensionNumber=9999".to_owned(),
            format!("&phoneNumber={}", caller.trim_start_matches('+')),
            format!("&sessionId={}", with("sessionId")),
            format!("&telephonySessionId={}", with("telephonySessionId")),
            "&metadataCategory=Edited/1".to_owned(),
            "&page=900".to_owned(),
        ];
        for query in queries {
            let path = format!("/account/~/call-log?{SINCE}{query}");
            let ours = records(&served.text(&path).await, &served.url);
            let theirs = records(&sandbox_text(&served.http, &path).await, &company().url);
            assert_eq!(ours, theirs, "{query}");
        }
    }

    async fn walking_by_links_gives_each_record_once(kind: Kind) {
        let served = Served::new(Archived::new(kind).await).await;
        let all = format!("/account/~/call-log?{SINCE}&perPage=1000");
        let (all, _) = walk(&served, &all).await;
        let (walked, pages) = walk(&served, &format!("/account/~/call-log?{SINCE}&perPage=50")).await;
        assert_eq!(walked, all);
        assert_eq!(pages, all.len().div_ceil(50) as u64);
        let own = format!("/account/~/extension/{}/call-log?{SINCE}", company().queue);
        let (all, _) = walk(&served, &format!("{own}&perPage=1000")).await;
        let (walked, _) = walk(&served, &format!("{own}&perPage=7")).await;
        assert_eq!(walked, all);
    }

    async fn an_extensions_log_is_made_from_the_companys(kind: Kind) {
        let served = Served::new(Archived::new(kind).await).await;
        let fields = ["startTime", "durationMs", "direction", "result", "from", "to", "extension"];
        let shown = |text: String, url: &str| -> Vec<Vec<Value>> {
            let page: Value = serde_json::from_str(&text.replace(url, "")).unwrap();
            let records = page["records"].as_array().unwrap().iter();
            // The queue that a call-back was for is not in the company's record.
            let records = records.filter(|record| record["action"] != "Call Return");
            records.map(|record| fields.map(|field| record[field].clone()).to_vec()).collect()
        };
        for extension in [company().user, company().queue] {
            for query in ["", "&view=Detailed&direction=Inbound", "&type=Voice&recordingType=All"] {
                let path = format!("/account/~/extension/{extension}/call-log?{SINCE}&perPage=1000{query}");
                let ours = shown(served.text(&path).await, &served.url);
                let theirs = shown(sandbox_text(&served.http, &path).await, &company().url);
                assert!(ours.len() > 5, "{query}");
                assert_eq!(ours, theirs, "{query} of {extension}");
            }
        }
    }

    async fn records_are_found_by_the_ids_that_lists_give(kind: Kind) {
        let served = Served::new(Archived::new(kind).await).await;
        let own = format!("/account/~/extension/{}/call-log", company().user);
        for log in ["/account/~/call-log".to_owned(), own] {
            for view in ["Simple", "Detailed"] {
                let list = served.text(&format!("{log}?{SINCE}&view={view}")).await;
                let list: Value = serde_json::from_str(&list).unwrap();
                let record = &list["records"][5];
                let uri = record["uri"].as_str().unwrap();
                let path = uri.strip_prefix(&format!("{}/restapi/v1.0", served.url)).unwrap();
                let found: Value = serde_json::from_str(&served.text(path).await).unwrap();
                assert_eq!(found, *record, "{uri}");
            }
            let token = served.token(company().admin).await;
            assert_eq!(served.get(&format!("{log}/nothing"), &token).await.status(), 404);
        }
    }
}
