//! Signing in and out.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::Stdio;

use callbook_sandbox::{AppScope, Options};
use secrecy::ExposeSecret as _;

use crate::support::{Browser, Company, LoginFile, Place, company, is_private};

/// A parameter of an address.
fn parameter(address: &str, name: &str) -> String {
    let url = url::Url::parse(address).unwrap();
    url.query_pairs().find(|(each, _)| each == name).unwrap().1.into_owned()
}

fn refused(place: &Place, arguments: &str, code: i32, words: &str) {
    let outcome = place.run(arguments);
    assert_eq!(outcome.code, Some(code), "{outcome:?}");
    assert!(outcome.stderr.contains(words), "{outcome:?}");
}

#[test]
fn a_jwt_of_the_settings_is_told_by_status() {
    let place = company().place();
    let status = place.output("login --status");
    assert!(status.contains("with the JWT RC_USER_JWT of the environment"), "{status}");
    assert_eq!(place.json("login --status --json")["signed_in_with"], "jwt");
    let nobody = company().place_of_nobody();
    nobody.write("callbook.toml", "[ringcentral]\njwt_file = 'callbook.jwt'");
    assert_eq!(nobody.run("login --status").code, Some(2));
    nobody.write("callbook.jwt", "a.b.c");
    assert!(nobody.output("login --status").contains("with the JWT of callbook.jwt"));
}

#[test]
fn in_a_browser_with_and_without_a_secret_of_the_app() {
    let company = company();
    let public = company.place_of_nobody();
    let id = &company.credentials.client_id;
    let confidential = company.place_of_nobody().with("RC_APP_CLIENT_ID", id);
    let confidential = confidential.with("RC_APP_CLIENT_SECRET", &company.secret());
    for place in [public, confidential] {
        refused(&place, "sync", 12, "error: nobody is signed in\n");
        assert!(!place.archive().exists());
        let (login, address) = Browser::opened_by(&place, "login");
        let browser = Browser::new();
        // Somebody else's page sends the browser here: nothing comes of it.
        let back = parameter(&address, "redirect_uri");
        assert_eq!(browser.get(&format!("{back}?code=1&state=2")).0, 400);
        assert_eq!(parameter(&address, "code_challenge_method"), "S256");
        let (status, page) = browser.sign_in(company, &address, "allow");
        assert!(status == 200 && page.contains("You are signed in"), "{page}");
        let outcome = login.outcome();
        assert_eq!(outcome.code, Some(0), "{outcome:?}");
        assert!(outcome.stdout.contains(", extension 101 of account "), "{outcome:?}");

        let file = LoginFile::of(&place).unwrap();
        assert!(is_private(&file.0));
        let status = place.json("login --status --json");
        assert_eq!(
            (&status["signed_in_with"], &status["extension_number"]),
            (&"browser".into(), &"101".into())
        );
        assert!(status["until"].is_string(), "{status}");
        place.output("sync");
        assert!(place.output("verify").starts_with("nothing is missing"));
    }
}

#[test]
fn signing_out_revokes_the_tokens() {
    let company = company();
    let place = company.place_of_nobody();
    Browser::log_in(company, &place);
    let file = LoginFile::of(&place).unwrap();
    let kept = std::fs::read(&file.0).unwrap();
    assert_eq!(place.output("logout"), "signed out\n");
    assert!(LoginFile::of(&place).is_none());
    refused(&place, "login --status", 12, "nobody is signed in");
    refused(&place, "logout", 12, "nobody is signed in");
    // Whoever has kept a copy has nothing.
    std::fs::write(&file.0, kept).unwrap();
    refused(&place, "sync", 12, "error: the login is over: Token not found (invalid_grant)\n");
    assert_eq!(place.output("logout --offline"), "signed out here; the server was not told\n");
    refused(&place, "logout --offline", 12, "nobody is signed in");
}

#[test]
fn who_says_no_is_not_signed_in() {
    let place = company().place_of_nobody();
    let (login, address) = Browser::opened_by(&place, "login");
    let (status, page) = Browser::new().sign_in(company(), &address, "deny");
    assert!(status == 403 && page.contains("You are not signed in"), "{page}");
    let outcome = login.outcome();
    assert_eq!(outcome.code, Some(12), "{outcome:?}");
    assert!(outcome.stderr.contains("error: the sign-in was refused: The user said no\n"));
    assert!(LoginFile::of(&place).is_none());
}

#[test]
fn nobody_comes() {
    refused(
        &company().place_of_nobody(),
        "login --no-browser --timeout 1",
        1,
        "nobody has signed in",
    );
}

#[test]
fn an_address_that_is_brought_by_hand() {
    let place = company().place_of_nobody();
    let mut command = place.callbook("login --no-browser");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut login = command.spawn().unwrap();
    let mut said = BufReader::new(login.stderr.take().unwrap()).lines().map(Result::unwrap);
    let address = said.find(|line| line.starts_with("  http")).unwrap();
    // The browser's machine has nobody who listens: what it is sent to is all there is.
    let end = Browser::sent_to(company(), address.trim(), "allow");
    let mut typed = login.stdin.take().unwrap();
    writeln!(typed, "http://127.0.0.1/callback?code=1&state=2\n\n{end}").unwrap();
    let outcome = login.wait_with_output().unwrap();
    let rest: Vec<_> = said.collect();
    assert!(outcome.status.success(), "{outcome:?} {rest:?}");
    assert!(rest.iter().any(|line| line.ends_with("last page; try again")), "{rest:?}");
    place.output("sync");
}

#[test]
fn with_a_jwt_that_is_piped_in() {
    let company = company();
    let place = company.place_of_nobody();
    place.write("jwt", company.credentials.jwt.expose_secret());
    let jwt = std::fs::File::open(place.path("jwt")).unwrap();
    let login = place.callbook("login --jwt").stdin(jwt).output().unwrap();
    assert!(login.status.success(), "{login:?}");
    let status = place.json("login --status --json");
    assert_eq!(
        (&status["signed_in_with"], &status["until"]),
        (&"jwt".into(), &serde_json::Value::Null)
    );
    place.output("sync");
    refused(&company.place_of_nobody(), "login --jwt", 2, "error: there is no JWT\n");
    let place = company.place_of_nobody().with("RC_USER_JWT", "a.b.c");
    refused(&place, "login --jwt", 12, "Invalid resource owner credentials");
}

#[test]
fn scopes_that_are_missing_are_named() {
    let scopes = vec![AppScope::ReadCallLog];
    let company = Company::start(Options { scopes, ..Company::options(1, 50) });
    let place = company.place_of_nobody();
    Browser::log_in(&company, &place);
    let status = place.run("login --status");
    assert!(status.stdout.contains("call log: no, the app lacks ReadAccounts\n"), "{status:?}");
    assert!(status.stdout.contains("recordings: no, the app lacks ReadCallRecording\n"));
    assert!(status.stderr.starts_with("hint: add what is missing"), "{status:?}");
    let words =
        "error: not allowed: the app has no permission ReadAccounts for the company's call log\n";
    refused(&place, "sync", 12, words);
    // The same for who signs in with a JWT each time.
    refused(&company.place(), "sync", 12, words);
}

#[test]
fn accounts_may_be_signed_in_with_a_browser() {
    let company = company();
    let place = Place::new();
    let (url, id) = (&company.url, &company.credentials.public_client_id);
    place.write(
        "acme.env",
        format!("RC_SERVER_URL={url}\nRC_APP_CLIENT_ID={id}\nCALLBOOK_LOGIN=acme\n"),
    );
    refused(&place, "account add acme --credentials acme.env", 12, "nobody is signed in");
    let (login, address) = Browser::opened_by(&place, "login --env-file acme.env");
    Browser::new().sign_in(company, &address, "allow");
    assert_eq!(login.outcome().code, Some(0));
    place.output("account add acme --credentials acme.env");
    assert!(place.output("sync --all").starts_with("acme: "));
    // The name tells logins apart.
    place.write("other.env", format!("RC_SERVER_URL={url}\nRC_APP_CLIENT_ID={id}\n"));
    refused(&place, "login --status --env-file other.env", 12, "nobody is signed in");
}

#[test]
fn a_login_that_cannot_be_used() {
    let place = company().place_of_nobody();
    Browser::log_in(company(), &place);
    let file = LoginFile::of(&place).unwrap();
    std::fs::write(&file.0, "{\"tokens\": \"CANARY\"}").unwrap();
    let outcome = place.run("sync");
    assert_eq!(outcome.code, Some(12), "{outcome:?}");
    assert!(
        outcome.stderr.starts_with("error: the stored login makes no sense\nhint: "),
        "{outcome:?}"
    );
    assert!(!outcome.stderr.contains("CANARY"));
    let nowhere = place.with("CALLBOOK_LOGINS", "/proc/none");
    refused(&nowhere, "login --jwt", 2, "there is no JWT");
    let nowhere = nowhere.with("RC_USER_JWT", company().credentials.jwt.expose_secret());
    refused(&nowhere, "login --jwt", 1, "error: cannot lock /proc/none/");
}
