//! Answers that are not quite what the contract says.

use callbook_ringcentral::{Error, Resource};
use jiff::{Timestamp, ToSpan as _};
use serde_json::{Value, json};
use wiremock::{MockServer, ResponseTemplate};

use crate::support::{
    ACCOUNT, EXTENSIONS, SECRET, TOKEN, answer, client, ok, requests, signing_in,
};

#[tokio::test]
async fn a_token_that_claims_to_last_for_ever_is_taken() {
    let server = MockServer::start().await;
    let token = json!({ "access_token": "token", "expires_in": u64::MAX });
    answer(&server, "POST", TOKEN, ok(&token)).await;
    answer(&server, "GET", ACCOUNT, ok(&json!({ "id": "400" }))).await;
    let client = client(&server.uri());
    assert_eq!(client.account().await.unwrap().id.0, 400);
    client.account().await.unwrap();
    assert_eq!(requests(&server, TOKEN).await, 1);
}

#[tokio::test]
async fn an_answer_to_the_sign_in_without_end_is_not_read_to_it() {
    for status in [200, 400] {
        let server = MockServer::start().await;
        let endless = ResponseTemplate::new(status).set_body_string("a".repeat(2 << 20));
        answer(&server, "POST", TOKEN, endless).await;
        let error = client(&server.uri()).account().await.unwrap_err();
        assert!(matches!(error, Error::TooLarge { limit_mb: 1, .. }), "{error:?}");
    }
}

#[tokio::test]
async fn a_web_page_in_another_encoding_is_still_a_web_page() {
    let server = MockServer::start().await;
    let page = ResponseTemplate::new(200).set_body_raw(*b"<html>\xe9</html>", "text/html");
    answer(&server, "POST", TOKEN, page).await;
    let error = client(&server.uri()).account().await.unwrap_err();
    assert!(matches!(error, Error::NotTheApi { what: "a web page", .. }), "{error:?}");
}

#[tokio::test]
async fn what_is_malformed_is_not_repeated() {
    let server = signing_in().await;
    answer(&server, "GET", ACCOUNT, ok(&json!([SECRET]))).await;
    answer(&server, "GET", EXTENSIONS, ok(&json!({ "records": SECRET }))).await;
    let client = client(&server.uri());
    for error in [
        client.account().await.unwrap_err(),
        client.directory(Resource::Extensions).await.unwrap_err(),
    ] {
        assert!(matches!(error, Error::Malformed { .. }), "{error:?}");
        assert!(!format!("{error:?}").contains(SECRET), "{error:?}");
    }
}

fn extensions(ids: &[Value]) -> Value {
    let records: Vec<_> = ids.iter().map(|id| json!({ "id": id })).collect();
    json!({ "records": records, "navigation": { "nextPage": { "uri": "http://a" } } })
}

#[tokio::test]
async fn a_list_of_extensions_that_never_ends_is_left() {
    for (ids, known) in [(vec![], 0), (vec![json!(1), json!("2"), json!(null), json!(1)], 2)] {
        let server = signing_in().await;
        answer(&server, "GET", EXTENSIONS, ok(&extensions(&ids))).await;
        let found = client(&server.uri()).directory(Resource::Extensions).await.unwrap();
        assert_eq!((found.entries.len(), found.complete), (known, false));
        assert_eq!(requests(&server, EXTENSIONS).await, 1 + usize::from(known > 0));
    }
}

#[tokio::test]
async fn the_time_is_the_servers() {
    let server = signing_in().await;
    let dated = ok(&json!({ "id": 400 })).insert_header("date", "Tue, 15 Nov 2050 08:12:31 GMT");
    answer(&server, "GET", ACCOUNT, dated).await;
    let client = client(&server.uri());
    assert_eq!(client.server_time(), None);
    client.account().await.unwrap();
    let (told, now) = ("2050-11-15T08:12:31Z".parse::<Timestamp>().unwrap(), client.server_time());
    assert!(now.is_some_and(|now| now >= told && now < told + 1.hour()), "{now:?}");
}
