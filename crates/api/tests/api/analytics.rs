//! Figures: what the port is asked, and what is made of its answer.

use callbook_api::{CallGroups, Grouping, Interval, Plan};
use serde_json::{Value, json};

use crate::company::ADMIN;
use crate::server::{Server, error_code};

pub fn request(counters: &Value, timers: &Value) -> Value {
    json!({
        "grouping": { "groupBy": "Users" },
        "timeSettings": {
            "timeZone": "UTC",
            "timeRange": { "timeFrom": "2024-02-01T00:00:00Z", "timeTo": "2024-02-03T23:59:59.999Z" },
        },
        "responseOptions": { "counters": counters, "timers": timers },
    })
}

async fn fetch(server: &Server, what: &str, body: &Value) -> (u16, Value) {
    let token = server.access_token(ADMIN).await;
    let url = format!("{}/analytics/calls/v1/accounts/~/{what}", server.url);
    let answer = server.http.post(url).bearer_auth(&token).json(body).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[tokio::test]
async fn an_aggregation_has_each_number_as_it_was_asked_for() {
    let server = Server::start(Plan::Off).await;
    let counters = json!({
        "allCalls": { "aggregationType": "Average", "aggregationInterval": "Day" },
        "callsByResponse": { "aggregationType": "Percent" },
        "callsByCompanyHours": { "aggregationType": "Sum" },
        "queueOpportunities": { "aggregationType": "Sum" },
        "callsSegments": { "aggregationType": "Sum" },
    });
    let timers = json!({ "callsDurationByDirection": { "aggregationType": "Average" } });
    let body = request(&counters, &timers);
    let (status, answer) = fetch(&server, "aggregation/fetch?page=2&perPage=20", &body).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(
        answer,
        json!({
            "paging": { "page": 2, "perPage": 20, "totalPages": 3, "totalElements": 41 },
            "data": {
                "groupedBy": "Users",
                "records": [{
                    "key": "101002",
                    "info": { "name": "Bob \"B\" Jones", "extensionNumber": "102" },
                    "counters": {
                        "allCalls": { "valueType": "Instances", "values": 7.0 / 3.0 },
                        "callsByResponse": { "valueType": "Percent", "values": {
                            "answered": 100.0 * (3.0 / 7.0), "notAnswered": 100.0 * (2.0 / 7.0),
                            "connected": 100.0 * (2.0 / 7.0), "notConnected": 0,
                        } },
                        "queueOpportunities": { "valueType": "Instances", "values": 7 },
                    },
                    "timers": {
                        "callsByDirection": { "valueType": "Seconds", "values": {
                            "inbound": 22.1, "outbound": 20,
                        } },
                    },
                }],
                "provenance": {
                    "counters": {
                        "allCalls": "log", "callsByResponse": "log", "callsByCompanyHours": "log",
                        "queueOpportunities": "inferred", "callsSegments": "unavailable",
                    },
                    "timers": { "callsByDirection": "inferred" },
                },
            },
        })
    );
    let asked = server.ports.analytics.asked.lock().unwrap().take().unwrap();
    assert_eq!((asked.grouping, asked.skip, asked.take), (Grouping::Users, 20, 20));
    assert_eq!(asked.intervals, [Some(Interval::Day)]);
    assert_eq!(asked.until.to_string(), "2024-02-04T00:00:00Z");
}

#[tokio::test]
async fn filters_of_what_calls_are_hold_for_every_number() {
    let server = Server::start(Plan::Off).await;
    let mut body = request(&json!({ "allCalls": { "aggregationType": "Sum" } }), &json!({}));
    body["callFilters"] =
        json!({ "directions": ["Inbound"], "callResults": ["Missed", "Completed"] });
    let (_, answer) = fetch(&server, "aggregation/fetch", &body).await;
    assert_eq!(answer["data"]["records"][0]["counters"]["allCalls"]["values"], 5);
    body["callFilters"]["callResponses"] = json!(["NotAnswered"]);
    let (_, answer) = fetch(&server, "aggregation/fetch", &body).await;
    assert_eq!(answer["data"]["records"][0]["counters"]["allCalls"]["values"], 2);
}

#[tokio::test]
async fn a_timeline_has_a_point_for_every_piece_of_time() {
    let server = Server::start(Plan::Off).await;
    let body = request(&json!({ "callsByDirection": true, "allCalls": false }), &json!({}));
    let (status, answer) = fetch(&server, "timeline/fetch?interval=Day", &body).await;
    assert_eq!(status, 200, "{answer}");
    let point = |time: &str, inbound: u32, outbound: u32| {
        json!({ "time": time, "counters": { "callsByDirection": {
            "valueType": "Instances", "values": { "inbound": inbound, "outbound": outbound },
        } } })
    };
    let record = &answer["data"]["records"][0];
    assert_eq!(record["info"]["extensionNumber"], "102");
    let points = [
        point("2024-02-01T00:00:00Z", 0, 0),
        point("2024-02-02T00:00:00Z", 5, 2),
        point("2024-02-03T00:00:00Z", 0, 0),
    ];
    assert_eq!(record["points"], json!(points));
    assert_eq!(answer["paging"]["perPage"], 20);
}

#[tokio::test]
async fn what_is_too_much_wrong_or_not_there_yet_is_refused() {
    let server = Server::start(Plan::Off).await;
    let good = request(&json!({}), &json!({}));
    let mut hours = good.clone();
    hours["timeSettings"]["timeRange"]["timeFrom"] = "2004-02-01T00:00:00Z".into();
    for (what, body, code) in [
        ("aggregation/fetch?perPage=201", &good, "CMN-101"),
        ("timeline/fetch?interval=Day&perPage=21", &good, "CMN-101"),
        ("timeline/fetch?interval=Year", &good, "CMN-101"),
        ("timeline/fetch", &good, "CMN-101"),
        ("timeline/fetch?interval=Hour", &hours, "CMN-101"),
        ("aggregation/fetch", &json!([]), "CMN-103"),
        ("aggregation/fetch", &json!({}), "CMN-101"),
    ] {
        let (status, answer) = fetch(&server, what, body).await;
        assert_eq!((status, error_code(&answer)), (400, code), "{what}");
    }
    *server.ports.analytics.answer.lock().unwrap() = Some(CallGroups::TooMany);
    assert_eq!(fetch(&server, "aggregation/fetch", &good).await.0, 400);
    *server.ports.analytics.answer.lock().unwrap() = Some(CallGroups::NotYet);
    let (status, answer) = fetch(&server, "aggregation/fetch", &good).await;
    assert_eq!((status, error_code(&answer)), (503, "CMN-201"));
}
