//! Tokens of a stored login that are renewed, whatever happens meanwhile.

use secrecy::ExposeSecret as _;
use serde_json::json;

use crate::support::{
    Browser, Company, LoginFile, Outcome, Place, Relay, Running, Upstream, company, ok, wait_until,
};

const TOKEN: &str = "POST /restapi/oauth/token ";

#[test]
fn a_token_is_renewed_when_it_is_old_or_refused() {
    let place = company().place_of_nobody();
    Browser::log_in(company(), &place);
    let file = LoginFile::of(&place).unwrap();
    let first = file.refresh_token();
    place.output("sync");
    assert_eq!(file.refresh_token(), first);
    file.expire();
    place.output("sync");
    let second = file.refresh_token();
    assert_ne!(second, first);
    file.change("access", "of-nobody");
    place.output("sync");
    assert_ne!(file.refresh_token(), second);
}

#[test]
fn one_process_at_a_time_renews_a_login() {
    let company = company();
    let relay = Relay::to(&company.url);
    let place = company.place_of_nobody().with("RC_SERVER_URL", &relay.url);
    Browser::log_in(company, &place);
    LoginFile::of(&place).unwrap().expire();
    let before = relay.count(TOKEN);
    let syncs: Vec<Running> =
        (0..4).map(|each| place.start(&format!("sync --database {each}.db"))).collect();
    for sync in syncs {
        let outcome = sync.outcome();
        assert_eq!(outcome.code, Some(0), "{outcome:?}");
    }
    assert_eq!(relay.count(TOKEN) - before, 1);
}

/// An answer with these tokens.
fn tokens(number: u32) -> wiremock::ResponseTemplate {
    ok(&json!({
        "access_token": format!("access-{number}"), "expires_in": 3600,
        "refresh_token": format!("refresh-{number}"), "refresh_token_expires_in": 604_800,
    }))
}

#[test]
fn an_interruption_waits_for_tokens_that_are_on_their_way() {
    let late = tokens(2).set_delay(std::time::Duration::from_secs(1));
    let upstream = Upstream::new().token([tokens(1), late]);
    let place = upstream.place();
    // The extension that asks who it is has no answer here: it does not matter.
    place.run("login --jwt");
    let file = LoginFile::of(&place).unwrap();
    file.expire();
    let place = place.with("RC_USER_JWT", "");
    let sync = place.start("sync");
    wait_until("the question for tokens", || upstream.sign_ins() == 2);
    sync.signal("INT");
    let Outcome { code, .. } = sync.outcome();
    assert_eq!((code, file.refresh_token().as_str()), (Some(130), "refresh-2"));
}

/// Every place at which a renewal can die, and how often it has been there.
#[cfg(feature = "crash-points")]
const STEPS: [&str; 9] = [
    "login_locked:1",
    "login_writing:1",
    "login_aside:1",
    "login_renamed:1",
    "login_kept:1",
    "login_writing:2",
    "login_aside:2",
    "login_renamed:2",
    "login_kept:2",
];

/// The server has spent the refresh token, and its successor is not on disk yet.
#[cfg(feature = "crash-points")]
const BETWEEN: [&str; 2] = ["login_writing:2", "login_aside:2"];

#[cfg(feature = "crash-points")]
fn company_with_grace(seconds: u64) -> Company {
    let refresh_grace = std::time::Duration::from_secs(seconds);
    Company::start(callbook_sandbox::Options { refresh_grace, ..Company::options(1, 20) })
}

/// Dies at a step of a renewal; gives what becomes of the next sync.
#[cfg(feature = "crash-points")]
fn crashed_at(step: &str, place: &Place) -> Outcome {
    LoginFile::of(place).unwrap().expire();
    let sync = place.start_with("sync", &[("CALLBOOK_CRASH_AT", step)]).outcome();
    assert_eq!(sync.code, None, "{step}: {sync:?}");
    place.run("sync")
}

#[cfg(feature = "crash-points")]
fn log_in_by_jwt(company: &Company, place: &Place) {
    let jwt = company.credentials.jwt.expose_secret();
    let login = place.start_with("login --jwt", &[("RC_USER_JWT", jwt)]).outcome();
    assert_eq!(login.code, Some(0), "{login:?}");
}

#[cfg(feature = "crash-points")]
#[test]
fn a_login_survives_a_crash_in_each_step_of_a_renewal() {
    let (gracious, strict) = (company_with_grace(60), company_with_grace(0));
    // What was signed in with a JWT needs no grace of the server's.
    let (by_browser, by_jwt) = (gracious.place_of_nobody(), strict.place_of_nobody());
    Browser::log_in(&gracious, &by_browser);
    log_in_by_jwt(&strict, &by_jwt);
    for place in [by_browser, by_jwt] {
        for step in STEPS {
            let outcome = crashed_at(step, &place);
            assert_eq!(outcome.code, Some(0), "{step}: {outcome:?}");
        }
    }
}

#[cfg(feature = "crash-points")]
#[test]
fn without_any_grace_it_says_what_to_do() {
    let company = company_with_grace(0);
    let place = company.place_of_nobody();
    for step in STEPS {
        Browser::log_in(&company, &place);
        let outcome = crashed_at(step, &place);
        if BETWEEN.contains(&step) {
            assert_eq!(outcome.code, Some(12), "{step}: {outcome:?}");
            assert!(outcome.stderr.contains("hint: `callbook login` signs in anew"), "{outcome:?}");
        } else {
            assert_eq!(outcome.code, Some(0), "{step}: {outcome:?}");
        }
    }
}
