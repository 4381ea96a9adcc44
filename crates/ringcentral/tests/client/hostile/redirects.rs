//! Redirects: none is followed.

use callbook_ringcentral::{Error, Priority};

use super::{asked_for_content, fetch, id};
use crate::stage::{Asked, Stage, http};
use crate::support::SECRET;

const STATUSES: &[&str] =
    &["300 A", "301 A", "302 A", "303 A", "304 A", "305 A", "306 A", "307 A", "308 A", "399 A"];

const LOCATIONS: &[&str] = &[
    "location: http://{E}/x",
    "location: http://{E2}/x",
    "location: http://localhost:{e}/x",
    "location: http://[::1]:{s}/x",
    "location: //{E}/x",
    "location: \\\\{E}\\x",
    "location: http://{M}@{E}/x",
    "location: http://ann:password@{E}/x",
    "location: http://169.254.169.254/latest/meta-data/",
    "location: http://2130706433:{e}/x",
    "location: file:///etc/passwd",
    "location: javascript:1",
    "location: data:audio/mpeg,abc",
    // To where we might go by ourselves; and from there to there again.
    "location: http://{M}/x",
    "location: http://{S}/x",
    "location: /restapi/oauth/revoke",
    "location: ?access_token=1",
    "location: http://{S}/restapi/v1.0/account/~/recording/7/content",
    "location: ",
    "location: http://",
    "location: http://[/x",
    "location: \u{e9}\u{1f600}",
    "location: http://{E}/x\r\nlocation: http://{M}/x",
    "refresh: 0; url=http://{E}/x",
    "link: <http://{E}/x>; rel=\"canonical\"",
    "alt-svc: h2=\"{E}\"; ma=3600",
    "content-location: http://{E}/x",
    "x-accept: none",
];

#[tokio::test]
async fn a_content_that_is_elsewhere_is_not_fetched_there() {
    let stage = Stage::set();
    let media = stage.fill("http://{M}/x");
    let hosts = [(None, Asked::Server), (Some(&*media), Asked::Media)];
    let vectors = STATUSES.iter().flat_map(|status| LOCATIONS.iter().map(move |to| (status, to)));
    for (status, location) in vectors {
        stage.answering(&http(status, &stage.fill(location), ""));
        for (named, who) in hosts {
            let error = fetch(&stage, named, None).await.unwrap_err();
            assert!(matches!(error, Error::Redirected { .. }), "{status} {location}: {error:?}");
            assert!(!error.to_string().contains("evil"), "{error}");
            assert_eq!(asked_for_content(&stage, &format!("{status} {location}")), who);
        }
    }
}

#[tokio::test]
async fn headers_of_a_good_answer_lead_nowhere_either() {
    let stage = Stage::set();
    for location in LOCATIONS {
        let headers = format!("content-type: audio/mpeg\r\n{}", stage.fill(location));
        stage.answering(&http("200 OK", &headers, "abc"));
        for _ in 0..2 {
            fetch(&stage, None, None).await.unwrap();
            assert_eq!(asked_for_content(&stage, location), Asked::Server);
        }
    }
}

#[tokio::test]
async fn what_is_known_of_a_recording_is_not_read_elsewhere() {
    let stage = Stage::set();
    for status in STATUSES {
        stage.answering(&http(status, &stage.fill(LOCATIONS[0]), ""));
        let error = stage.client.recording(&id(), Priority::High).await.unwrap_err();
        assert!(matches!(error, Error::NotTheApi { .. }), "{status}: {error:?}");
        assert_eq!(stage.asked(status).len(), 1, "{status}");
    }
}

#[tokio::test]
async fn a_sign_in_goes_nowhere_else() {
    let stage = Stage::set();
    for status in STATUSES {
        for location in LOCATIONS {
            stage.signing_in(&http(status, &stage.fill(location), ""));
            let error = fetch(&stage, None, None).await.unwrap_err();
            assert!(!format!("{error:?}").contains(SECRET), "{error:?}");
            assert!(stage.asked(location).is_empty(), "{status} {location}");
        }
    }
}
