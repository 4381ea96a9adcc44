//! Who `callbook serve` answers, and what they get.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::{Browser, Company, Place, Served, archived, company, wait_until};
use callbook_sandbox::Plan;

const BACK: &str = "http://127.0.0.1:9/back";

/// A verifier, and the challenge that RFC 7636 says it has.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

const CALLS: &str = "/account/~/extension/~/call-log?dateFrom=2023-01-01T00:00:00Z";

/// Signs in with a browser, consents, and gives the app its code.
fn code(served: &Served, app: &str, password: &str) -> String {
    let address = format!(
        "{}/restapi/oauth/authorize?response_type=code&client_id={app}&redirect_uri={BACK}&state=st&\
         code_challenge={CHALLENGE}&code_challenge_method=S256",
        served.url
    );
    let person = ("101".to_owned(), password.to_owned());
    let back = Browser::sent_by(&person, &address, "allow");
    let query = back.strip_prefix(&format!("{BACK}?")).unwrap();
    assert!(query.split('&').any(|pair| pair == "state=st"), "{back}");
    let code = query.split('&').find_map(|pair| pair.strip_prefix("code="));
    code.unwrap().to_owned()
}

fn text<'a>(body: &'a Value, name: &str) -> &'a str {
    body[name].as_str().unwrap_or_else(|| panic!("{body}"))
}

#[test]
fn a_session_outlives_the_server_and_ends_when_a_refresh_token_is_used_twice() {
    let place = archived();
    let made = place.json(&format!("app create Phone --public --redirect-uri {BACK} --json"));
    let app = text(&made, "client_id");
    let password = place.output("app password 101 --generate");
    let served = Served::start(&place, "--heavy off");
    let code = code(&served, app, password.trim());
    let mut exchange = vec![
        ("grant_type", "authorization_code"),
        ("client_id", app),
        ("code", code.as_str()),
        ("redirect_uri", BACK),
    ];
    assert_eq!(served.grant(&exchange).0, 400, "without the verifier");
    exchange.push(("code_verifier", VERIFIER));
    let (status, first) = served.grant(&exchange);
    assert_eq!(status, 200, "{first}");
    assert_eq!(served.get(CALLS, text(&first, "access_token")).0, 200);

    served.kill();
    let served = Served::start(&place, "--heavy off");
    assert_eq!(served.get(CALLS, text(&first, "access_token")).0, 200);
    let refresh = |body: &Value| {
        let token = text(body, "refresh_token");
        served.grant(&[
            ("grant_type", "refresh_token"),
            ("client_id", app),
            ("refresh_token", token),
        ])
    };
    let (status, second) = refresh(&first);
    assert_eq!(status, 200, "{second}");
    assert_eq!(served.get(CALLS, text(&second, "access_token")).0, 200);
    let (status, refused) = refresh(&first);
    assert_eq!((status, &refused["error"]), (400, &"invalid_grant".into()));
    assert_eq!(served.get(CALLS, text(&second, "access_token")).0, 401);
    assert_eq!(refresh(&second).0, 400);
}

#[test]
fn what_is_revoked_is_refused_while_the_server_runs() {
    let place = archived();
    place.output("app create Board --for 101 --env-file board.env");
    place.output("app create Other --for 102 --env-file other.env");
    let served = Served::start(&place, "--heavy off");
    let tokens = ["board.env", "other.env"].map(|file| served.token(&place, file));
    for token in &tokens {
        assert_eq!(served.get(CALLS, token).0, 200);
    }
    place.output("app revoke Board");
    wait_until("the app to be refused", || served.get(CALLS, &tokens[0]).0 == 401);
    assert_eq!(served.sign_in(&place, "board.env").0, 401);
    assert_eq!(served.get(CALLS, &tokens[1]).0, 200);
    let (apps, credentials) = (place.json("app list --json"), place.json("app credentials --json"));
    let other = apps.as_array().unwrap().iter().find(|app| app["name"] == "Other").unwrap();
    let mut credentials = credentials.as_array().unwrap().iter();
    let theirs = credentials.find(|each| each["app"] == other["client_id"]).unwrap();
    place.output(&format!("app revoke {}", text(theirs, "id")));
    wait_until("the JWT's session to end", || served.get(CALLS, &tokens[1]).0 == 401);
    assert_eq!(served.sign_in(&place, "other.env").0, 400);
}

/// Every text under a member of this name, however deep.
fn all<'a>(value: &'a Value, name: &str, found: &mut BTreeSet<&'a str>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get(name).and_then(Value::as_str));
            members.values().for_each(|each| all(each, name, found));
        }
        Value::Array(elements) => elements.iter().for_each(|each| all(each, name, found)),
        _ => {}
    }
}

#[test]
fn an_app_that_is_to_see_no_numbers_sees_none() {
    let place = archived();
    place.output("app create Board --for 101 --env-file board.env");
    place.output("app create Wall --for 101 --mask-numbers --env-file wall.env");
    let served = Served::start(&place, "--heavy off");
    let path = "/account/~/call-log?dateFrom=2023-01-01T00:00:00Z&view=Detailed&perPage=200";
    let (_, clear) = served.get(path, &served.token(&place, "board.env"));
    let (_, masked) = served.get(path, &served.token(&place, "wall.env"));
    let (mut numbers, mut stars) = (BTreeSet::new(), BTreeSet::new());
    all(&clear, "phoneNumber", &mut numbers);
    all(&masked, "phoneNumber", &mut stars);
    assert!(numbers.len() > 20 && stars.iter().any(|number| number.ends_with("****")), "{stars:?}");
    let masked = masked.to_string();
    let shown = numbers.iter().filter(|number| number.len() > 6 && masked.contains(**number));
    assert_eq!(shown.count(), 0);
}

#[test]
fn another_accounts_ids_are_nobodys() {
    let other = Company::serve(77, 40, Plan::Off);
    let place = Place::new();
    place.write("one.env", company().env_file());
    place.write("other.env", other.env_file());
    for name in ["one", "other"] {
        place.output(&format!("account add {name} --credentials {name}.env"));
    }
    place.output("sync --all");
    let accounts = place.json("account list --json");
    let [one, other] = ["one", "other"].map(|name| {
        let accounts = accounts.as_array().unwrap().iter();
        accounts.clone().find(|account| account["name"] == name).unwrap()["account_id"].to_string()
    });
    let app = |id: &str, file: &str| {
        place.output(&format!("app create Board --account {id} --for 101 --env-file {file}"));
        Served::start(&place, &format!("--heavy off --account {id}"))
    };
    let (served, elsewhere) = (app(&one, "board.env"), app(&other, "elsewhere.env"));
    let since = "dateFrom=2023-01-01T00:00:00Z";
    let token = elsewhere.token(&place, "elsewhere.env");
    let (_, theirs) = elsewhere.get(&format!("/account/~/call-log?{since}&perPage=1"), &token);
    let record = text(&theirs["records"][0], "id").to_owned();
    let (_, me) = elsewhere.get("/account/~/extension/~", &token);
    let person = me["id"].to_string();

    let token = served.token(&place, "board.env");
    assert_eq!(served.get(&format!("/account/{one}/call-log?{since}"), &token).0, 200);
    for path in [
        format!("/account/{other}"),
        format!("/account/{other}/call-log"),
        format!("/account/{other}/call-log/{record}"),
        format!("/account/{other}/extension/{person}/call-log"),
        format!("/account/~/extension/{person}"),
        format!("/account/~/extension/{person}/call-log"),
        format!("/account/~/call-log/{record}"),
    ] {
        assert_eq!(served.get(&path, &token).0, 404, "{path}");
    }
    // A session of the one is none of the other's.
    assert_eq!(elsewhere.get("/account/~", &token).0, 401);
}
