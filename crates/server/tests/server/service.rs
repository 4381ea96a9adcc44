//! Health, metrics, and browsers.

use crate::company::{Archived, company};
use crate::kinds::conformance;
use crate::serving::Served;

conformance! {
    async fn it_says_how_it_does(kind: Kind) {
        let served = Served::new(Archived::new(kind).await).await;
        let token = served.token(company().admin).await;
        served.json("/account/~/call-log", &token).await;
        served.get("/account/1/call-log", &token).await;
        let get = async |path: &str| {
            let answer = served.http.get(format!("{}{path}", served.url)).send().await.unwrap();
            (answer.status().as_u16(), answer.text().await.unwrap())
        };
        for path in ["/healthz", "/readyz"] {
            assert_eq!(get(path).await, (200, "ok\n".to_owned()));
        }
        let (status, text) = get("/metrics").await;
        assert_eq!(status, 200);
        let account = served.archived.account.id;
        for line in [
            "callbook_requests_total{operation=\"readCompanyCallLog\",status=\"200\"} 1".to_owned(),
            "callbook_requests_total{operation=\"readCompanyCallLog\",status=\"404\"} 1".to_owned(),
            "callbook_request_duration_seconds_count{operation=\"readCompanyCallLog\"} 2".to_owned(),
            "callbook_open_connections 1".to_owned(),
            format!("callbook_last_sync_timestamp_seconds{{account=\"{account}\"}} 1"),
        ] {
            assert!(text.contains(&line), "{line}\n{text}");
        }
    }

    async fn pages_of_other_origins_may_ask(kind: Kind) {
        let served = Served::new(Archived::new(kind).await).await;
        let url = format!("{}/restapi/v1.0/account/~/call-log", served.url);
        let asked = served.http.request(reqwest::Method::OPTIONS, &url)
            .header("origin", "https://example.com")
            .header("access-control-request-method", "GET")
            .header("access-control-request-headers", "authorization");
        let answer = asked.send().await.unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["access-control-allow-origin"], "*");
        let answer = served.http.get(&url).header("origin", "https://example.com").send().await.unwrap();
        assert_eq!(answer.status(), 401);
        let exposed = answer.headers()["access-control-expose-headers"].to_str().unwrap();
        assert!(exposed.contains("x-rate-limit-remaining"), "{exposed}");
        assert_eq!(answer.headers()["rcrequestid"], answer.headers()["x-request-id"]);
    }
}
