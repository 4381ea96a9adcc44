//! Apps and what people sign in with.

use std::os::unix::fs::PermissionsExt as _;

use crate::support::{Place, Transcript, archived};

fn variable(place: &Place, file: &str, name: &str) -> Option<String> {
    let text = std::fs::read_to_string(place.path(file)).unwrap();
    text.lines().find_map(|line| Some(line.strip_prefix(name)?.strip_prefix('=')?.to_owned()))
}

#[test]
fn an_app_is_made_shown_and_revoked() {
    let place = archived();
    assert_eq!(
        place.run("app list").stderr,
        "there are none yet; `callbook app create NAME` registers one\n"
    );
    let made = place.run("app create Wallboard --scope ReadCallLog --heavy 100/60s --mask-numbers");
    assert_eq!(made.code, Some(0), "{made:?}");
    let lines: Vec<&str> =
        made.stdout.lines().map(|line| line.split_once('=').unwrap().0).collect();
    assert_eq!(lines, ["RC_SERVER_URL", "RC_APP_CLIENT_ID", "RC_APP_CLIENT_SECRET"]);
    let secret = made.last_line().split_once('=').unwrap().1;
    let public = place.json("app create Phone --public --redirect-uri http://127.0.0.1/b --json");
    assert!(public["client_secret"].is_null() && public["jwt"].is_null(), "{public}");

    let listed = place.output("app list");
    let board = listed.lines().nth(1).unwrap();
    for cell in ["Wallboard", "confidential", "ReadCallLog", "100/60s", "masked", "good"] {
        assert!(board.contains(cell), "{cell}: {board}");
    }
    let json = place.json("app list --json");
    assert_eq!((&json[1]["client_id"], &json[1]["public"]), (&public["client_id"], &true.into()));
    assert!(!json.to_string().contains(secret));
    // No secret is in the archive.
    assert!(!place.files().iter().any(|(_, bytes)| {
        bytes.windows(secret.len()).any(|window| window == secret.as_bytes())
    }));

    place.output("app revoke Wallboard");
    assert_eq!(place.output("app list").lines().count(), 2);
    let all = place.json("app list --all --json");
    assert!(all[0]["revoked"].is_string() && all[1]["revoked"].is_null(), "{all}");
}

#[test]
fn an_env_file_has_all_that_an_app_signs_in_with() {
    let place = archived();
    let made = place
        .run("app create Board --for 101 --env-file board.env --server-url http://127.0.0.1:9/");
    assert_eq!((made.code, made.stdout.as_str()), (Some(0), ""), "{made:?}");
    assert!(made.stderr.contains("it acts for 101 "), "{made:?}");
    let mode = std::fs::metadata(place.path("board.env")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(variable(&place, "board.env", "RC_SERVER_URL").unwrap(), "http://127.0.0.1:9");
    let secret = variable(&place, "board.env", "RC_APP_CLIENT_SECRET").unwrap();
    let jwt = variable(&place, "board.env", "RC_USER_JWT").unwrap();
    assert_eq!(jwt.split('.').count(), 3);

    // Another one for somebody else: what else is in the file stays.
    place.output("app credential 102 --app Board --expires 90d --env-file board.env");
    assert_eq!(variable(&place, "board.env", "RC_APP_CLIENT_SECRET").unwrap(), secret);
    assert_ne!(variable(&place, "board.env", "RC_USER_JWT").unwrap(), jwt);
    let listed = place.json("app credentials --json");
    assert_eq!(listed.as_array().unwrap().len(), 2);
    assert_ne!(listed[0]["person"], listed[1]["person"]);
    let table = place.output("app credentials");
    assert!(
        table.lines().skip(1).all(|line| line.contains("Board") && line.ends_with("good")),
        "{table}"
    );
    let id = listed[0]["id"].as_str().unwrap();
    let revoked = place.output(&format!("app revoke {id}"));
    assert_eq!(revoked, format!("{id} is revoked, and its sessions have ended\n"));
    assert!(place.output("app credentials").contains("revoked"));
}

#[test]
fn passwords_are_drawn_piped_in_or_taken_away() {
    let place = archived();
    let drawn = place.run("app password 101 --generate");
    assert!(drawn.code == Some(0) && drawn.stdout.trim().len() == 20, "{drawn:?}");
    assert!(
        drawn.stderr.starts_with("the password of 101 ") && drawn.stderr.ends_with(" is set\n")
    );
    let removed = place.run("app password 101 --remove");
    assert!(removed.stdout.is_empty() && removed.stderr.ends_with(" is removed\n"), "{removed:?}");
}

#[test]
fn what_cannot_be_registered() {
    let place = archived();
    place.write("there.env", "");
    for name in ["Twin", "Twin"] {
        place.output(&format!("app create {name}"));
    }
    let ids = place.json("app list --json");
    let id = |place: usize| ids[place]["client_id"].as_str().unwrap().to_owned();
    let mut text = Transcript::new().replacing(&id(0), "ONE").replacing(&id(1), "OTHER");
    for arguments in [
        "app create A --scope Everything",
        "app create A --redirect-uri http://example.com/back",
        "app create A --heavy often",
        "app create A --for 999",
        "app create A --for Support",
        "app create A --for 101 --expires soon",
        "app create A --env-file there.env",
        "app credential 101 --app Nobodys",
        "app credential 101 --app Twin",
        "app revoke Nobodys",
        // Nothing is piped in.
        "app password 101",
    ] {
        text.refused(&place, arguments, 2);
    }
    insta::assert_snapshot!(text.text());
}
