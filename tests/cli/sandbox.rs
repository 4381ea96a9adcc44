//! A running sandbox, and what it is told from another terminal.

use crate::support::{Place, Transcript, wait_until};

const USING: &str = "--env-file rc.env";

fn at(text: &str) -> jiff::Timestamp {
    text.trim().parse().unwrap()
}

#[test]
fn a_sandbox_does_what_it_is_told() {
    let place = Place::new();
    let mut sandbox = place.start(
        "sandbox --port 0 --calls 600 --heavy off --live 6 --retention 9000 --env-file rc.env",
    );
    wait_until("the env file", || place.path("rc.env").exists() || sandbox.is_over());

    let played = place.output(&format!("sandbox call voicemail --ended --late 1h {USING}"));
    let played: Vec<&str> = played.split_whitespace().collect();
    let [id, _, ends, shows_up] = played[..] else { panic!("{played:?}") };
    let late = at(shows_up).duration_since(at(ends)).as_secs();
    assert!((3_615..3_630).contains(&late), "{late}");
    let refused = place.run(&format!("sandbox edit {id} {USING}"));
    assert_eq!(refused.code, Some(1), "it has not shown up yet: {refused:?}");
    let before = at(&place.output(&format!("sandbox clock {USING}")));
    let after = at(&place.output(&format!("sandbox clock --advance 1d {USING}")));
    let turned = after.duration_since(before).as_secs();
    assert!((86_400..86_500).contains(&turned), "{turned}");
    place.output(&format!("sandbox edit {id} {USING}"));
    place.output(&format!("sandbox delete {id} {USING}"));
    place.output(&format!("sandbox delete {id} --silent {USING}"));
    assert_eq!(place.run(&format!("sandbox delete {id} {USING}")).code, Some(1));

    place.output(&format!("sandbox reset {USING}"));
    let now = at(&place.output(&format!("sandbox clock {USING}")));
    assert!(now < after, "{now}");
    sandbox.signal("INT");
    assert_eq!(sandbox.outcome().code, Some(0));
}

#[test]
fn every_way_that_a_call_can_go_is_listed() {
    let list = Place::new().output("sandbox call --list");
    for name in ["answered", "queue-abandoned", "transfer-warm", "very-long"] {
        assert!(list.lines().any(|line| line == name), "{list}");
    }
}

#[test]
fn what_cannot_be_told_to_a_sandbox() {
    let place = Place::new();
    let env = "RC_SERVER_URL=http://127.0.0.1:9\nRC_APP_CLIENT_SECRET=CANARY\nRC_USER_JWT=CANARY\n";
    place.write("real.env", format!("{env}RC_APP_CLIENT_ID=an-app\n"));
    place.write("rc.env", format!("{env}RC_APP_CLIENT_ID=sandbox-app\n"));
    let mut transcript = Transcript::new();
    transcript.refused(&place, "sandbox call answered --env-file real.env", 2);
    transcript.refused(&place, "sandbox reset --env-file rc.env", 1);
    transcript.refused(&place, "sandbox call teleport --env-file rc.env", 2);
    transcript.refused(&place, "sandbox call answered --late soon --env-file rc.env", 2);
    transcript.refused(&place, "sandbox clock --set never --env-file rc.env", 2);
    transcript.refused(&place, "sandbox --live 0", 2);
    insta::assert_snapshot!(transcript.text());
}
