//! A webhook is told, and its refusals are not taken for success.

use callbook_alert::{Change, Channel, ChannelError, Kind, Notice, Origin};
use jiff::Timestamp;
use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

fn notice() -> Notice {
    Notice {
        change: Change::Began,
        kind: Kind::LoginRefused,
        subject: "acme".to_owned(),
        message: "the sign-in of acme is refused".to_owned(),
        since: Timestamp::UNIX_EPOCH,
    }
}

fn origin() -> Origin {
    Origin { host: "host7".to_owned(), archive: "/srv/callbook.db".to_owned() }
}

async fn server(answer: ResponseTemplate) -> (MockServer, Channel) {
    let server = MockServer::start().await;
    Mock::given(method("POST")).and(path("/SECRET")).respond_with(answer).mount(&server).await;
    let channel = Channel::Webhook(format!("{}/SECRET", server.uri()).into());
    (server, channel)
}

#[tokio::test]
async fn a_webhook_gets_text_for_people_and_fields_for_programs() {
    let (server, channel) = server(ResponseTemplate::new(204)).await;
    channel.deliver(&origin(), &[]).await.unwrap();
    channel.deliver(&origin(), &[notice()]).await.unwrap();
    let requests = server.received_requests().await.unwrap();
    assert_eq!(requests.len(), 1);
    let body: Value = requests[0].body_json().unwrap();
    let alert = json!({
        "change": "began", "kind": "login_refused", "subject": "acme",
        "message": "the sign-in of acme is refused", "since": "1970-01-01T00:00:00Z",
    });
    let text = "the sign-in of acme is refused\n(Callbook on host7, archive /srv/callbook.db)";
    let (host, archive) = ("host7", "/srv/callbook.db");
    let expected = json!({ "text": text, "host": host, "archive": archive, "alerts": [alert] });
    assert_eq!(body, expected);
}

#[tokio::test]
async fn a_webhook_that_refuses_or_redirects_was_not_told() {
    for status in [302, 404, 500] {
        let (_server, channel) = server(ResponseTemplate::new(status)).await;
        let error = channel.deliver(&origin(), &[notice()]).await.unwrap_err();
        assert!(matches!(error, ChannelError::Refused(refused) if refused == status), "{error}");
    }
}

#[tokio::test]
async fn no_error_repeats_the_address() {
    let nobody = Channel::Webhook("http://127.0.0.1:1/SECRET".to_owned().into());
    let wrong = Channel::Webhook("ftp://SECRET".to_owned().into());
    for channel in [nobody, wrong] {
        let error = channel.deliver(&origin(), &[notice()]).await.unwrap_err();
        assert!(!format!("{error} {error:?} {channel:?}").contains("SECRET"));
    }
}
