//! Ids, addresses, redirects and headers that try to lead the token elsewhere. Whatever comes of it: nobody but
//! the server and the allowed media host is ever connected to.

mod addresses;
mod headers;
mod ids;
mod redirects;

use callbook_ringcentral::{ContentAnswer, Error, Priority, RecordingId, Resume};

use crate::stage::{Asked, Stage, http};

const PATH: &str = "/restapi/v1.0/account/~/recording/7/content";

fn id() -> RecordingId {
    "7".parse().unwrap()
}

fn audio() -> Vec<u8> {
    http("200 OK", "content-type: audio/mpeg", "abc")
}

async fn fetch(
    stage: &Stage,
    named: Option<&str>,
    resume: Option<&Resume>,
) -> Result<ContentAnswer, Error> {
    stage.client.recording_content(&id(), named, resume, Priority::High).await
}

/// Who was asked for the content, once and in the one right way.
fn asked_for_content(stage: &Stage, vector: &str) -> Asked {
    let asked = stage.asked(vector);
    assert_eq!(asked.len(), 1, "{vector}: {asked:?}");
    assert!(asked[0].1.starts_with(&format!("GET {PATH} HTTP/1.1\r\n")), "{vector}: {asked:?}");
    asked[0].0
}

/// What the tests beside this one must be able to notice: an attacker whom somebody has allowed.
#[tokio::test]
#[should_panic(expected = "allowed by mistake")]
async fn an_attacker_who_is_asked_is_noticed() {
    let mut stage = Stage::set();
    let attacker = stage.fill("http://{E}");
    stage.client = stage.client.allowing(vec![attacker.parse().unwrap()]).unwrap();
    fetch(&stage, Some(&attacker), None).await.unwrap();
    stage.asked("allowed by mistake");
}
