//! `callbook doctor`: whatever is wrong is named, and what to do about it.

use callbook_sandbox::AppScope;
use serde_json::json;
use wiremock::ResponseTemplate;

use crate::support::{
    CANARY, Company, Place, Upstream, archived, company, error, ok, page, sql, wait_until,
};

/// What a doctor had to say, of each case.
#[derive(Default)]
struct Complaints(String);

impl Complaints {
    /// Runs it, and notes each line that is not about something well; nobody is told of alerts here.
    fn note(&mut self, place: &Place, case: &str, arguments: &str, code: i32) {
        let outcome = place.run(&format!("doctor {arguments}"));
        assert_eq!(
            (outcome.code, outcome.stderr.as_str()),
            (Some(code), ""),
            "{case}: {outcome:?}"
        );
        assert!(!outcome.stdout.contains(CANARY), "{case}: {outcome:?}");
        self.0 += &format!("# {case}\n");
        let mut complaining = false;
        for line in outcome.stdout.lines().take_while(|line| !line.is_empty()) {
            let advice = line.starts_with(' ');
            complaining = if advice {
                complaining
            } else {
                !line.starts_with('✓') && !line.contains(" alerts ")
            };
            if complaining {
                self.0 += &format!("{line}\n");
            }
        }
        self.0.push('\n');
    }
}

#[test]
fn a_company_where_everything_is_well() {
    let place = company().place();
    place.write("callbook.toml", "[alerts]\nwebhook = 'https://example.com/CANARY'");
    place.allow("callbook.toml", 0o600);
    let before = place.output("doctor");
    assert!(before.ends_with("\neverything is well\n"), "{before}");
    assert!(before.contains("callbook.db is not there yet: `callbook sync` makes it"), "{before}");
    assert!(!place.archive().exists());
    place.output("sync");
    let after = place.output("doctor");
    assert!(after.ends_with("\neverything is well\n"), "{after}");
    for words in
        ["its pages are whole", "the archive does not grow", "synced ", " answers", "webhook"]
    {
        assert!(after.contains(words), "{words}: {after}");
    }
    let json = place.json("doctor --offline --json");
    assert_eq!(json["verdict"], "ok");
    let checks = json["findings"].as_array().unwrap().iter().map(|each| &each["check"]);
    let checks: Vec<_> = checks.collect();
    assert_eq!(
        checks,
        ["settings", "secrets", "archive", "disk", "freshness", "rate limits", "alerts"]
    );
}

#[test]
fn settings_that_are_wrong() {
    let mut complaints = Complaints::default();
    for (content, code) in [
        ("[ringcentral]\nclient_secrt = 'CANARY'", 1),
        ("[ringcentral]\nclient_secret = 'CANARY", 1),
        ("database = 'mysql://ann:CANARY@host/db'", 1),
        ("[ringcentral]\nserver_url = 'http://example.com'", 1),
        ("[ringcentral]\nserver_url = 'https://ann:CANARY@example.com'", 1),
        ("[ringcentral]\nclient_id = 'an-app'\njwt_file = 'missing'", 1),
        ("[ringcentral]\nclient_id = 'an-app'\nclient_secret_file = 'missing'", 1),
        ("[ringcentral]\nclient_id = 'an-app'\njwt_command = 'echo CANARY; exit 1'", 1),
        ("[ringcentral]\nclient_id = 'an-app'", 1),
        ("[ringcentral]\njwt = 'CANARY'", 1),
    ] {
        let place = Place::new();
        place.write("callbook.toml", content);
        place.allow("callbook.toml", 0o600);
        let case = content.replace(CANARY, "…").replace('\n', " ⏎ ");
        complaints.note(&place, &case, "--offline", code);
    }
    complaints.note(&Place::new(), "a file that is not there", "--config missing.toml", 1);
    insta::assert_snapshot!(complaints.0);
}

#[test]
fn secrets_that_others_may_read() {
    let place = Place::new().with("RC_APP_CLIENT_ID", "an-app");
    let mut complaints = Complaints::default();
    place.write("secret", CANARY);
    place.write("an.env", "RC_USER_JWT=CANARY");
    place.write("callbook.toml", "[alerts]\nwebhook = 'https://example.com/CANARY'\n[ringcentral]\nclient_secret_file = 'secret'");
    for (name, mode) in [("secret", 0o640), ("an.env", 0o666), ("callbook.toml", 0o604)] {
        place.allow(name, mode);
    }
    complaints.note(&place, "three files", "--offline --env-file an.env", 0);
    insta::assert_snapshot!(complaints.0);
}

#[test]
fn archives_that_are_wrong() {
    let mut complaints = Complaints::default();
    let place = company().place();
    place.write("callbook.db", "these are notes, and long enough to be anything");
    complaints.note(&place, "something else", "--offline", 1);
    let place = archived();
    sql(&place.archive(), "PRAGMA user_version = 99");
    let newer = place.run("doctor --offline");
    assert_eq!(newer.code, Some(1), "{newer:?}");
    assert!(
        newer.stdout.contains("✗ archive      the archive callbook.db has schema 99, "),
        "{newer:?}"
    );
    let place = archived();
    sql(&place.archive(), "UPDATE version SET simple = zeroblob(9)");
    let outcome = place.run("doctor --offline");
    assert_eq!(outcome.code, Some(1), "{outcome:?}");
    assert!(outcome.stdout.contains("✗ archive      callbook.db is damaged: call "), "{outcome:?}");
    let place = archived();
    sql(&place.archive(), "ALTER TABLE registration RENAME TO lost");
    let outcome = place.run("doctor");
    assert_eq!(outcome.code, Some(1), "{outcome:?}");
    assert_eq!(outcome.stdout.matches("✗ archive ").count(), 1, "{outcome:?}");
    assert!(outcome.stdout.contains("✓ sign-in "), "all else is looked at: {outcome:?}");
    let place = company().place();
    complaints.note(&place, "no folder for it", "--offline --database missing/a.db", 1);
    let place = archived();
    sql(&place.archive(), "UPDATE sync_run SET finished_ms = 1706745600000");
    let stale = place.run("doctor --offline");
    assert_eq!(stale.code, Some(0), "{stale:?}");
    assert!(stale.stdout.contains(" came to its end since 2024-02-01 00:00 UTC"), "{stale:?}");
    let place = archived();
    place.write("callbook.toml", "[alerts]\ndisk_free_mb = 1000000000");
    let outcome = place.run("doctor --offline");
    assert!(outcome.stdout.contains("→ make room at /"), "{outcome:?}");
    let place = company().place();
    let url = "postgres://ann:CANARY@127.0.0.1:1/calls";
    complaints.note(&place, "no server", &format!("--offline --database {url}"), 1);
    insta::assert_snapshot!(complaints.0);
}

#[test]
fn servers_that_cannot_be_reached() {
    let mut complaints = Complaints::default();
    let place = company().place();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    let nobody = company().place().with("RC_SERVER_URL", &format!("http://{address}"));
    complaints.note(&nobody, "nobody listens", "", 1);
    let place = place.with("RC_SERVER_URL", "https://no-such-host.invalid");
    complaints.note(&place, "no such host", "", 1);
    let plain = company().url.replace("http://", "https://");
    let place = company().place().with("RC_SERVER_URL", &plain);
    complaints.note(&place, "https to a port that speaks http", "", 1);
    let html = ResponseTemplate::new(200).set_body_raw("<html></html>", "text/html");
    let stranger = Upstream::new().account([html]);
    complaints.note(&stranger.place(), "a web page", "", 1);
    let ports = [address.rsplit(':').next().unwrap(), plain.rsplit(':').next().unwrap()];
    let text = ports.iter().fold(complaints.0, |text, port| text.replace(port, "PORT"));
    // The system's and the TLS library's own words differ from machine to machine.
    let short = text.lines().map(|line| match line.starts_with('✗') {
        true => line.split_inclusive(": ").next().unwrap_or_default(),
        false => line,
    });
    insta::assert_snapshot!(short.collect::<Vec<_>>().join("\n"));
}

#[test]
fn sign_ins_that_may_not_do_enough() {
    let mut complaints = Complaints::default();
    let company = company();
    let place = company.place().with("RC_APP_CLIENT_SECRET", CANARY);
    complaints.note(&place, "wrong secret", "", 1);
    let place = company.place().with("RC_USER_JWT", CANARY);
    complaints.note(&place, "wrong JWT", "", 1);
    let place = company.place().with("RC_USER_JWT", &company.ordinary_jwt);
    complaints.note(&place, "an ordinary user", "", 0);
    let place = company.place_of_nobody();
    complaints.note(&place, "nobody is signed in", "", 1);
    for (case, scopes) in [
        ("no right to read accounts", vec![AppScope::ReadCallLog]),
        ("no right to read the call log", vec![AppScope::ReadAccounts]),
    ] {
        let options = callbook_sandbox::Options { scopes, ..Company::options(2, 20) };
        complaints.note(&Company::start(options).place(), case, "", 1);
    }
    insta::assert_snapshot!(complaints.0);
}

#[test]
fn a_clock_that_is_wrong() {
    let account = || ok(&json!({ "id": 37_439_510 }));
    let past = account().insert_header("date", "Tue, 15 Nov 1994 08:12:31 GMT");
    let upstream = Upstream::new().account([past, account()]).call_log([page(&[], false)]);
    let outcome = upstream.place().run("doctor");
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    assert!(outcome.stdout.contains("! clock        this machine's clock is "), "{outcome:?}");
    assert!(outcome.stdout.contains(" s ahead of the server's\n"), "{outcome:?}");
}

#[test]
fn a_server_that_fails_is_asked_but_twice() {
    let failing = error(503, "CMN-201", "Service is unavailable");
    let upstream = Upstream::new().token([failing]);
    let outcome = upstream.place().run("doctor");
    assert_eq!(outcome.code, Some(1), "{outcome:?}");
    assert!(outcome.stdout.contains("✗ sign-in "), "{outcome:?}");
    assert!(upstream.sign_ins() <= 2, "{}", upstream.sign_ins());
}

#[test]
fn a_sync_under_way_is_named() {
    let place = archived();
    let sync = place.start("sync --follow");
    let process = format!("process {} is syncing account ", sync.id());
    wait_until("the sync holds its lock", || place.output("doctor --offline").contains(&process));
}

#[test]
fn registered_accounts_are_tried() {
    let place = Place::new();
    let credentials = company().env_file();
    place.write("acme.env", &credentials);
    place.write("bolt.env", credentials.replace("RC_USER_JWT=", "RC_USER_JWT=x"));
    place.write("cole.env", &credentials);
    for name in ["acme", "bolt", "cole"] {
        place.output(&format!("account add {name} --credentials {name}.env"));
    }
    let offline = place.output("doctor --offline");
    assert!(offline.contains("the credentials of 3 registered accounts can be read"), "{offline}");
    std::fs::remove_file(place.path("cole.env")).unwrap();
    let all = company_server(place).run("doctor --all");
    assert_eq!(all.code, Some(1), "{all:?}");
    for words in [
        "✓ call log     acme: the whole company's may be read",
        "✗ sign-in      bolt: the server refused the sign-in",
        "✗ sign-in      cole: cannot read ",
    ] {
        assert!(all.stdout.contains(words), "{words}: {all:?}");
    }
}

/// The accounts' server is that of the settings.
fn company_server(place: Place) -> Place {
    place.with("RC_SERVER_URL", &company().url)
}
