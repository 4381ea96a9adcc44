//! `callbook serve`: the archive as upstream for another, and several processes of it.

use crate::support::{Place, Served, archived, company};

#[test]
fn a_sync_from_it_gives_an_equal_archive_and_it_stops_when_told() {
    let place = archived();
    place.output("app create Copy --for 101 --env-file app.env");
    let mut served = Served::start(&place, "--heavy off");
    let client = served.client(&place, "app.env");
    client.output("sync");
    assert!(client.output("verify").starts_with("nothing is missing"));
    let calls = |place: &Place| {
        let text = without_ports(&place.output("calls --json"));
        // Those of one millisecond are in the order in which they were received.
        let mut lines: Vec<_> =
            text.lines().map(|line| line.trim_end_matches(',').to_owned()).collect();
        lines.sort_unstable();
        lines
    };
    assert_eq!(calls(&client), calls(&place));
    served.signal("TERM");
    assert_eq!(served.wait(), Some(0));
}

/// Says where a PostgreSQL server is that may be written to, or `skip`: `scripts/postgres` starts one.
const POSTGRES: &str = "CALLBOOK_TEST_POSTGRES";

#[test]
fn two_of_one_archive_count_requests_together() {
    let server = std::env::var(POSTGRES).unwrap_or_default();
    assert!(!server.is_empty(), "set {POSTGRES} to postgres://… or to skip");
    if server == "skip" {
        return;
    }
    let place = company().place().with("CALLBOOK_DATABASE", &server);
    place.output("sync");
    place.output("app create Board --for 101 --env-file app.env");
    let [one, other] = [(); 2].map(|()| Served::start(&place, "--heavy 10/600s"));
    let token = one.token(&place, "app.env");
    let mut statuses = Vec::new();
    for served in [&one, &other].into_iter().cycle().take(12) {
        statuses.push(served.get("/account/~/call-log?perPage=1", &token).0);
    }
    assert_eq!(statuses, [[200; 10].as_slice(), &[429; 2]].concat());
}

/// Links lead to whoever served a record.
fn without_ports(text: &str) -> String {
    let parts = text.split("http://127.0.0.1:");
    parts.map(|part| part.trim_start_matches(|c: char| c.is_ascii_digit())).collect()
}
