//! `callbook serve`: the archive as upstream for another.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};

use crate::support::{Place, archived};

/// A server of an archive, and a place that is signed in to it as the company's administrator.
struct Served {
    server: Child,
    client: Place,
}

impl Served {
    fn start(place: &Place, options: &str) -> Self {
        place.output("app create Copy --for 101 --env-file app.env");
        let mut command =
            place.callbook(&format!("serve --listen 127.0.0.1:0 --heavy off {options}"));
        let mut server = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim().strip_prefix("listening on ").unwrap().to_owned();
        let mut client = Place::new().with("RC_SERVER_URL", &url);
        let variables = std::fs::read_to_string(place.path("app.env")).unwrap();
        for (name, value) in variables.lines().filter_map(|line| line.split_once('=')) {
            if name != "RC_SERVER_URL" {
                client = client.with(name, value);
            }
        }
        Self { server, client }
    }

    fn signal(&self, name: &str) {
        let id = self.server.id().to_string();
        let sent = std::process::Command::new("kill").args([&format!("-{name}"), &id]).status();
        assert!(sent.unwrap().success());
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

#[test]
fn a_sync_from_it_gives_an_equal_archive_and_it_stops_when_told() {
    let place = archived();
    let mut served = Served::start(&place, "");
    served.client.output("sync");
    assert!(served.client.output("verify").starts_with("nothing is missing"));
    let calls = |place: &Place| without_ports(&place.output("calls --json"));
    assert_eq!(calls(&served.client), calls(&place));
    served.signal("TERM");
    assert_eq!(served.server.wait().unwrap().code(), Some(0));
}

/// Links lead to whoever served a record.
fn without_ports(text: &str) -> String {
    let parts = text.split("http://127.0.0.1:");
    parts.map(|part| part.trim_start_matches(|c: char| c.is_ascii_digit())).collect()
}
