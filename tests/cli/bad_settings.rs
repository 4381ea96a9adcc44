//! Settings and arguments that cannot be right.

use secrecy::ExposeSecret as _;

use crate::support::{CANARY, Place, Transcript, archived, company};

#[test]
fn callbook_toml() {
    let mut transcript = Transcript::new();
    for content in [
        "colour = 'red'",
        "[ringcentral]\nclient_secrt = 'CANARY'",
        "[ringcentral]\nclient_secret = 'CANARY",
        "[ringcentral]\nclient_secret = CANARY",
        "[ringcentral]\njwt = 'one'\njwt = 'CANARY'",
        "[ringcentral]\njwt = ['CANARY']",
        "ringcentral = 'CANARY'",
        "ringcentral = 'CANARY, expected nothing'",
    ] {
        let place = Place::new();
        place.write("callbook.toml", content);
        let case = content.replace(CANARY, "…").replace('\n', " ⏎ ");
        transcript.refused_case(&place, &case, "sync", 2);
    }
    insta::assert_snapshot!(transcript.text());
}

#[test]
fn a_number_for_a_secret_is_not_repeated() {
    let place = Place::new();
    place.write("callbook.toml", "[ringcentral]\nclient_secret = 81549300\n");
    let outcome = place.run("sync");
    assert_eq!(outcome.code, Some(2));
    assert!(!outcome.stderr.contains("81549300"), "{outcome:?}");
}

#[test]
fn files_that_are_named() {
    let place = Place::new();
    place.write("prose.env", format!("this is {CANARY}\n"));
    place.write("open.env", format!("RC_USER_JWT='{CANARY}\n"));
    place.write("binary.toml", b"\xff\xfe");
    let mut transcript = Transcript::new();
    for arguments in [
        "sync --config missing.toml",
        "sync --config binary.toml",
        "sync --env-file missing.env",
        "sync --env-file prose.env",
        "sync --env-file open.env",
    ] {
        transcript.refused(&place, arguments, 2);
    }
    insta::assert_snapshot!(transcript.text());
}

#[test]
fn secrets_from_files_and_commands() {
    let mut transcript = Transcript::new();
    for content in [
        "client_secret_file = 'missing'",
        "jwt_command = 'echo CANARY; exit 1'",
        "jwt_command = 'no-such-command CANARY 2>/dev/null'",
    ] {
        let place = Place::new().with("RC_APP_CLIENT_ID", "an-app");
        place.write("callbook.toml", format!("[ringcentral]\n{content}"));
        transcript.refused_case(&place, &content.replace(CANARY, "…"), "sync", 2);
    }
    insta::assert_snapshot!(transcript.text());
}

#[test]
fn secrets_that_come_from_files_and_commands_work() {
    let company = company();
    let place = Place::new();
    place.write("secret", format!("{}\n", company.credentials.client_secret.expose_secret()));
    let (url, app) = (&company.url, &company.credentials.client_id);
    let jwt = company.credentials.jwt.expose_secret();
    place.write(
        "callbook.toml",
        format!(
            "database = 'sqlite://from-toml.db'\n[ringcentral]\nserver_url = '{url}'\n\
             client_id = '{app}'\nclient_secret_file = 'secret'\njwt_command = 'echo {jwt}'\n"
        ),
    );
    place.output("sync");
    assert!(place.path("from-toml.db").exists());
}

#[test]
fn dates_zones_lengths() {
    let place = archived();
    let mut transcript = Transcript::new();
    for arguments in [
        "sync --since yesterday",
        "sync --since 2024-02-30",
        "verify --from 31/01/2024",
        "calls --to 2024-01-31T23",
        "calls --to 20240131",
        "verify --from 2024-02-02 --to 2024-02-01",
        "calls --from 2024-02-02 --to 2024-02-01",
        "calls --from 2024-02-01T09:00:00Z --to 2024-02-01T08:00:00Z",
        "calls --tz Mars/Olympus_Mons",
        "show some-call --tz Nowhere",
        "calls --min-duration long",
        "calls --min-duration=-5",
        "calls --min-duration 99999999999999999999",
    ] {
        transcript.refused(&place, arguments, 2);
    }
    insta::assert_snapshot!(transcript.text());
}

#[test]
fn arguments() {
    let place = Place::new();
    let mut transcript = Transcript::new();
    for arguments in [
        "download",
        "show",
        "sync --per-page 1001",
        "calls --limit many",
        "calls --direction sideways",
        "calls --json --csv",
        "sandbox --heavy fast",
        "sandbox --heavy 0/1s",
        "sandbox --port 0 --users 3",
        "sandbox --port 0 --from 2024-01-01 --until 2023-01-01",
    ] {
        transcript.refused(&place, arguments, 2);
    }
    insta::assert_snapshot!(transcript.text());
}

#[test]
fn the_server_url() {
    let mut transcript = Transcript::new();
    for url in [
        "nonsense",
        "https://",
        "ftp://files.example.com",
        "http://example.com",
        "https://user:CANARY@example.com",
    ] {
        let place = Place::new().with("RC_SERVER_URL", url);
        let place = place.with("RC_APP_CLIENT_ID", "an-app").with("RC_USER_JWT", CANARY);
        transcript.refused_case(&place, &url.replace(CANARY, "…"), "sync", 2);
    }
    insta::assert_snapshot!(transcript.text());
}

#[test]
fn what_is_not_set() {
    let mut transcript = Transcript::new();
    transcript.refused_case(&Place::new(), "nothing", "sync", 2);
    let place = Place::new().with("RC_APP_CLIENT_ID", "").with("RC_USER_JWT", CANARY);
    transcript.refused_case(&place, "an empty RC_APP_CLIENT_ID", "sync", 2);
    let place = Place::new().with("RC_APP_CLIENT_ID", "an-app");
    transcript.refused_case(&place, "RC_APP_CLIENT_ID alone", "sync", 12);
    let place = archived().with("RC_APP_CLIENT_ID", "");
    transcript.refused_case(&place, "verify", "verify", 2);
    insta::assert_snapshot!(transcript.text());
}

#[test]
fn a_sandbox_that_cannot_start() {
    let place = Place::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let mut transcript = Transcript::new().replacing(&port, "PORT");
    transcript.refused(&place, &format!("sandbox --port {port}"), 1);
    transcript.refused(&place, "sandbox --port 0 --env-file missing/sandbox.env", 1);
    insta::assert_snapshot!(transcript.text());
}
