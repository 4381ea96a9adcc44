//! Faults of recordings' sounds, as a downloader meets them.

use callbook_sandbox::{Options, bind};
use callbook_synth::{Audio, Scope};
use reqwest::header::{CONTENT_RANGE, LOCATION, RANGE};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};

use crate::server::{Server, options};

/// A recording in a sandbox that does this to every request that it can befall.
struct Spoilt {
    server: Server,
    token: String,
    path: String,
    audio: Audio,
}

impl Spoilt {
    async fn new(fault: &str) -> Self {
        let faults = vec![fault.parse().unwrap()];
        let mut server = Server::run(bind(Options { faults, ..options() }).await.unwrap());
        server.http = Client::builder().redirect(Policy::none()).build().unwrap();
        let token = server.admin_token().await;
        let company = &server.company;
        let entries = company.entries(Scope::Account).iter();
        let kept = entries.filter(|entry| !company.is_deleted(entry.call));
        let recordings = kept.filter_map(|entry| company.call(entry.call).recording());
        let recording = recordings.min_by_key(|recording| recording.audio.len_bytes()).unwrap();
        let path = format!("/account/~/recording/{}/content", recording.id);
        Self { token, path, audio: recording.audio, server }
    }

    async fn ask(&self) -> Response {
        let request = self.server.get(&self.path, &self.token);
        request.header(RANGE, "bytes=100-").send().await.unwrap()
    }

    /// What should have come.
    fn rest(&self) -> Vec<u8> {
        self.audio.bytes(100..u64::MAX)
    }
}

#[tokio::test]
async fn a_range_is_refused_or_ignored() {
    let spoilt = Spoilt::new("416=1").await;
    let answer = spoilt.ask().await;
    assert_eq!(answer.status(), StatusCode::RANGE_NOT_SATISFIABLE);
    let total = format!("bytes */{}", spoilt.audio.len_bytes());
    assert_eq!(answer.headers()[CONTENT_RANGE], total.as_str());

    let spoilt = Spoilt::new("range-ignored=1").await;
    let answer = spoilt.ask().await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(answer.bytes().await.unwrap() == spoilt.audio.bytes(0..u64::MAX));
}

#[tokio::test]
async fn a_short_sound_looks_whole_but_for_its_range() {
    let spoilt = Spoilt::new("short=1").await;
    let answer = spoilt.ask().await;
    assert_eq!(answer.status(), StatusCode::PARTIAL_CONTENT);
    let (last, total) = (spoilt.audio.len_bytes() - 1, spoilt.audio.len_bytes());
    assert_eq!(answer.headers()[CONTENT_RANGE], format!("bytes 100-{last}/{total}").as_str());
    let sound = answer.bytes().await.unwrap();
    assert!(sound.len() < spoilt.rest().len() && spoilt.rest().starts_with(&sound));
}

#[tokio::test]
async fn some_bytes_in_a_row_are_others() {
    let spoilt = Spoilt::new("corrupt=1").await;
    let (rest, sound) = (spoilt.rest(), spoilt.ask().await.bytes().await.unwrap());
    assert_eq!(sound.len(), rest.len());
    let wrong: Vec<usize> = (0..rest.len()).filter(|&place| rest[place] != sound[place]).collect();
    assert!((1..=64).contains(&wrong.len()));
    assert_eq!(wrong[wrong.len() - 1] - wrong[0], wrong.len() - 1);
}

#[tokio::test]
async fn a_redirect_leads_back_or_to_a_host_of_nobody() {
    let spoilt = Spoilt::new("redirect=1").await;
    let answer = spoilt.ask().await;
    assert_eq!(answer.status(), StatusCode::FOUND);
    assert_eq!(answer.headers()[LOCATION], format!("/restapi/v1.0{}", spoilt.path).as_str());

    let spoilt = Spoilt::new("redirect-foreign=1").await;
    let url = format!("{}/restapi/v1.0{}", spoilt.server.url, spoilt.path);
    let request = spoilt.server.http.get(url).query(&[("access_token", &spoilt.token)]);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::FOUND);
    let location = format!("http://recordings.invalid/restapi/v1.0{}", spoilt.path);
    assert_eq!(answer.headers()[LOCATION], location.as_str());
}

#[tokio::test]
async fn a_sound_breaks_off_and_a_token_expires_on_the_way() {
    let spoilt = Spoilt::new("truncate=1@/content").await;
    assert!(spoilt.ask().await.bytes().await.is_err());
    let spoilt = Spoilt::new("token-expired=1@/content").await;
    assert_eq!(spoilt.ask().await.status(), StatusCode::UNAUTHORIZED);
}
