//! Interruptions, and two at the same time.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use wiremock::ResponseTemplate;

use crate::support::{Outcome, Place, Transcript, Upstream, number, page, record, wait_until};

/// Longer than any test waits.
const NEVER: Duration = Duration::from_secs(300);

/// One page at once, one that never comes, and the rest.
fn halting() -> Upstream {
    let rest = page(&[record("a", 0), record("b", 1)], false);
    let pages = [page(&[record("a", 0)], true), page(&[], false).set_delay(NEVER), rest];
    Upstream::new().call_log(pages)
}

/// The first page is in the archive, and the second one is waited for.
fn wait_for_the_first_page(upstream: &Upstream, place: &Place) {
    wait_until("the first page", || {
        upstream.asked_for_calls() == 2
            && number(&place.archive(), "SELECT count(*) FROM call") == Some(1)
    });
}

#[test]
fn an_interrupted_sync_goes_on_where_it_stopped() {
    for signal in ["INT", "TERM"] {
        let upstream = halting();
        let place = upstream.place();
        let sync = place.start("sync --json");
        wait_for_the_first_page(&upstream, &place);
        sync.signal(signal);
        let Outcome { code, stdout, stderr, .. } = sync.outcome();
        assert_eq!((code, stdout.as_str()), (Some(130), ""));
        assert_eq!(stderr, "interrupted; what was committed is kept\n");
        assert_eq!(place.json("calls --json").as_array().unwrap().len(), 1);
        assert!(place.output("status").contains("synced    not to the end yet"));
        let summary = place.json("sync --json");
        assert_eq!(summary["inserted"], 1);
        assert!(place.output("verify").starts_with("nothing is missing: 2 calls"));
    }
}

#[test]
fn a_second_sync_at_the_same_time_is_refused() {
    let upstream = halting();
    let place = upstream.place();
    let first = place.start("sync");
    wait_for_the_first_page(&upstream, &place);
    let mut transcript = Transcript::new().replacing(&first.id().to_string(), "PID");
    transcript.refused(&place, "sync", 11);
    insta::assert_snapshot!(transcript.text());
    // Whoever only reads is let in.
    assert_eq!(place.json("calls --json").as_array().unwrap().len(), 1);
    first.signal("KILL");
    assert_eq!(first.outcome().code, None);
    place.output("sync");
}

#[test]
fn an_interrupted_verify_says_nothing_of_the_result() {
    let whole = page(&[record("a", 0)], false);
    let upstream = Upstream::new().call_log([whole, page(&[], false).set_delay(NEVER)]);
    let place = upstream.place();
    place.output("sync");
    let verify = place.start("verify");
    wait_until("the request", || upstream.asked_for_calls() == 2);
    verify.signal("INT");
    let Outcome { code, stdout, .. } = verify.outcome();
    assert_eq!((code, stdout.as_str()), (Some(130), ""));
}

#[test]
fn an_interrupted_wait_for_the_rate_limit_ends_at_once() {
    let penalty = ResponseTemplate::new(429).insert_header("retry-after", "300");
    let upstream = Upstream::new().call_log([penalty]);
    let place = upstream.place();
    let sync = place.start("sync");
    wait_until("the refusal", || upstream.asked_for_calls() == 1);
    sync.signal("INT");
    assert_eq!(sync.outcome().code, Some(130));
    assert_eq!(upstream.asked_for_calls(), 1);
}

#[test]
fn an_interrupted_demo_leaves_nothing_behind() {
    let place = Place::new();
    let demo = place.start("demo --calls 20000");
    // Somewhere in the download.
    wait_until("the first commit", || {
        place.left_behind().first().is_some_and(|folder| {
            number(&folder.join("demo.db"), "SELECT count(*) FROM call") > Some(0)
        })
    });
    demo.signal("INT");
    let outcome = demo.outcome();
    assert_eq!(outcome.code, Some(130), "{outcome:?}");
    assert_eq!(place.left_behind(), Vec::<std::path::PathBuf>::new());
}

#[test]
fn a_sandbox_that_is_told_to_stop_has_done_well() {
    for signal in ["INT", "TERM"] {
        let place = Place::new();
        let sandbox = place.start("sandbox --port 0 --calls 10 --env-file sandbox.env");
        wait_until("the env file", || place.path("sandbox.env").exists());
        wait_until("an answer", || answers(&place));
        sandbox.signal(signal);
        assert_eq!(sandbox.outcome().code, Some(0));
    }
}

/// Whether the place's sandbox answers requests, and so heeds signals.
fn answers(place: &Place) -> bool {
    let settings = std::fs::read_to_string(place.path("sandbox.env")).unwrap();
    let address = settings.lines().next().unwrap().strip_prefix("RC_SERVER_URL=http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    stream.read(&mut [0]).is_ok_and(|read| read == 1)
}
