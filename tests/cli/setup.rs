//! Settings for a start: questions, what comes of them, and what shows and keeps them.

use std::process::{Command, Stdio};

use rexpect::session::{PtySession, spawn_command};
use secrecy::ExposeSecret as _;

use crate::support::{CANARY, Place, Transcript, company, is_private};

/// Nothing takes nearly so long, on any machine.
const PATIENCE_MS: u64 = 60_000;

/// Runs it where somebody can type.
fn terminal(place: &Place, arguments: &str) -> PtySession {
    let mut command = place.callbook(arguments);
    command.stdin(Stdio::inherit());
    spawn_command(command, Some(PATIENCE_MS)).unwrap()
}

/// Answers a question.
fn answer(terminal: &mut PtySession, question: &str, text: &str) {
    terminal.exp_string(question).unwrap();
    terminal.send_line(text).unwrap();
}

#[test]
fn a_newcomer_answers_and_syncs() {
    let company = company();
    let place = Place::new();
    let mut terminal = terminal(&place, "init");
    answer(&mut terminal, "Server", &company.url);
    answer(&mut terminal, "Client id of the app", &company.credentials.client_id);
    answer(&mut terminal, "has none), not shown: ", &company.secret());
    answer(&mut terminal, "Sign in with", "");
    answer(&mut terminal, "JWT credential, not shown: ", company.credentials.jwt.expose_secret());
    answer(&mut terminal, "Archive", "sqlite://calls.db");
    let rest = terminal.exp_eof().unwrap();
    assert!(rest.contains("callbook doctor") && rest.contains("callbook sync"), "{rest}");
    assert!(!rest.contains(&company.secret()), "{rest}");
    for name in ["callbook.toml", "callbook.client-secret", "callbook.jwt"] {
        assert!(is_private(&place.path(name)), "{name}");
    }
    let text = std::fs::read_to_string(place.path("callbook.toml")).unwrap();
    assert!(!text.contains(&company.secret()), "{text}");
    let text = text.replace(&company.url, "URL").replace(&company.credentials.client_id, "ID");
    insta::assert_snapshot!("callbook_toml", text);
    assert_eq!(place.run("doctor").code, Some(0));
    place.output("sync");
    assert!(place.path("calls.db").exists());
    // From any folder: secrets are found beside the settings.
    std::fs::create_dir(place.path("elsewhere")).unwrap();
    let mut doctor = place.callbook("doctor --config ../callbook.toml --json");
    let output = doctor.current_dir(place.path("elsewhere")).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}

#[test]
fn whoever_interrupts_the_questions_writes_nothing() {
    let place = Place::new();
    let mut terminal = terminal(&place, "init");
    terminal.exp_string("Server").unwrap();
    terminal.send_control('c').unwrap();
    terminal.exp_eof().unwrap();
    let status = format!("{:?}", terminal.process().wait().unwrap());
    assert!(status.starts_with("Exited(") && status.ends_with(", 130)"), "{status}");
    assert!(!place.path("callbook.toml").exists());
}

#[test]
fn answers_that_cannot_be_right_are_asked_again() {
    let place = Place::new();
    let arguments = "init --client-id an-app --jwt-command pass --database a.db";
    let mut terminal = terminal(&place, arguments);
    answer(&mut terminal, "Server", "ftp://example.com");
    terminal.exp_string("begins with neither https:// nor http://").unwrap();
    terminal.send_line("").unwrap();
    answer(&mut terminal, "has none), not shown: ", "");
    terminal.exp_eof().unwrap();
    let text = std::fs::read_to_string(place.path("callbook.toml")).unwrap();
    assert!(text.contains("\njwt_command = \"pass\"\n"), "{text}");
    assert!(text.contains("\n# client_secret_file = \"\"\n"), "{text}");
}

#[test]
fn flags_answer_for_scripts() {
    let company = company();
    let place = Place::new();
    place.write("s", company.secret());
    place.write("j", company.credentials.jwt.expose_secret());
    for name in ["s", "j"] {
        place.allow(name, 0o600);
    }
    let (url, id) = (&company.url, &company.credentials.client_id);
    let output = place.output(&format!(
        "init --config etc/callbook.toml --server-url {url} --client-id {id} --client-secret-file s --jwt-file j"
    ));
    assert!(output.contains("callbook doctor --config etc/callbook.toml"), "{output}");
    assert!(is_private(&place.path("etc/callbook.toml")));
    assert_eq!(place.run("doctor --config etc/callbook.toml").code, Some(0));
    let shown = place.json("config show --config etc/callbook.toml --json");
    assert_eq!(shown[3]["setting"], "ringcentral.client_secret_file");
    assert_eq!(shown[3]["origin"]["kind"], "file");
}

#[test]
fn no_secret_that_is_there_already_is_overwritten() {
    let place = Place::new();
    place.write("callbook.jwt", "mine");
    let arguments = "init --server-url https://example.com --client-id an-app --database a.db";
    let mut terminal = terminal(&place, arguments);
    answer(&mut terminal, "has none), not shown: ", "");
    answer(&mut terminal, "Sign in with", "");
    answer(&mut terminal, "JWT credential, not shown: ", CANARY);
    let rest = terminal.exp_eof().unwrap();
    assert!(rest.contains("error: callbook.jwt is there already"), "{rest}");
    assert_eq!(std::fs::read(place.path("callbook.jwt")).unwrap(), b"mine");
    assert!(!place.path("callbook.toml").exists());
}

#[test]
fn what_is_refused() {
    let mut transcript = Transcript::new();
    let place = Place::new();
    transcript.refused(&place, "init", 2);
    transcript.refused(&place, "init --defaults --server-url http://example.com", 2);
    transcript.refused(&place, "init --defaults --database mysql://ann:CANARY@host/db", 2);
    place.write("a-file", "");
    transcript.refused(&place, "init --defaults --config a-file/etc/callbook.toml", 1);
    transcript.refused(&place, "systemd", 2);
    place.write("callbook.toml", "# mine\n");
    transcript.refused(&place, "init --defaults", 2);
    transcript.refused(&place, "completions tcsh", 2);
    insta::assert_snapshot!(transcript.text().replace(CANARY, "…"));
    assert_eq!(std::fs::read(place.path("callbook.toml")).unwrap(), b"# mine\n");
    place.output("init --defaults --force");
    assert!(std::fs::read_to_string(place.path("callbook.toml")).unwrap().len() > 100);
}

#[test]
fn settings_in_effect_are_shown_without_secrets() {
    let place = Place::new().with("RC_USER_JWT", CANARY).with("CALLBOOK_LOGIN", "ann");
    let place = place.with("XDG_STATE_HOME", "/state");
    place.write("an.env", format!("RC_APP_CLIENT_ID=an-app\nRC_APP_CLIENT_SECRET={CANARY}\n"));
    let alerts = "webhook = 'https://example.com/CANARY'\nstale_after_hours = 12\n[alerts.email]\n\
         server = 'smtps://ann:CANARY@example.com'\nfrom = 'a@example.com'\nto = ['b@example.com']\n";
    place.write(
        "callbook.toml",
        format!("database = 'postgres://ann:CANARY@db/calls'\n[alerts]\n{alerts}"),
    );
    let shown = place.output("config show --env-file an.env");
    assert!(!shown.contains(CANARY), "{shown}");
    insta::assert_snapshot!("config_show", shown);
    let json = place.output("config show --env-file an.env --database x.db --json");
    assert!(!json.contains(CANARY) && json.contains("--database"), "{json}");
}

#[test]
fn every_shell_and_every_page() {
    let place = Place::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = place.output(&format!("completions {shell}"));
        assert!(script.contains("quarantine"), "{shell}");
        place.write(&format!("completions.{shell}"), script);
    }
    for shell in ["bash", "zsh", "fish"] {
        accepted(&place, shell, &["-n", &format!("completions.{shell}")]);
    }
    let complete = "source ./completions.bash; COMP_WORDS=(callbook doc); COMP_CWORD=1; \
         _callbook callbook doc callbook; echo ${COMPREPLY[@]}";
    let output = place.command("bash").args(["-c", complete]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "doctor\n");
    assert!(place.output("man").starts_with(".ie"));
    place.output("man --output man1");
    let sync = std::fs::read_to_string(place.path("man1/callbook-sync.1")).unwrap();
    assert!(sync.contains("\\-\\-follow"), "{sync}");
    assert!(place.path("man1/callbook-config-show.1").exists());
    for page in std::fs::read_dir(place.path("man1")).unwrap() {
        let page = page.unwrap().path();
        accepted(&place, "groff", &["-man", "-Tutf8", "-wmac", "-z", page.to_str().unwrap()]);
    }
}

/// Where there is such a program, it must have nothing to say.
fn accepted(place: &Place, program: &str, arguments: &[&str]) {
    let mut command = place.command(program);
    said_nothing(command.args(arguments), program);
}

fn said_nothing(command: &mut Command, what: &str) {
    let Ok(output) = command.output() else {
        println!("not verified: there is no {:?}", command.get_program());
        return;
    };
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.is_empty(), "{what}: {said}");
}

#[test]
fn services() {
    let place = Place::new();
    place.write("callbook.jwt", CANARY);
    let toml = "database = 'sqlite:///srv/calls/a.db'\n[ringcentral]\nclient_id = 'an-app'\n\
         client_secret_file = '/run/secrets/rc'\njwt_file = 'callbook.jwt'\n";
    place.write("callbook.toml", toml);
    let system = place.run("systemd");
    assert_eq!(system.code, Some(0), "{system:?}");
    let user = place.output("systemd --user --all");
    let folder = std::fs::canonicalize(place.path(".")).unwrap();
    let short = |text: &str| {
        let text = text.replace(&folder.display().to_string(), "/here");
        text.replace(env!("CARGO_BIN_EXE_callbook"), "/usr/bin/callbook")
    };
    insta::assert_snapshot!("service_of_the_system", short(&(system.stderr + &system.stdout)));
    insta::assert_snapshot!("service_of_a_user", short(&user));
    std::fs::create_dir(place.path("reports")).unwrap();
    let reports = format!("Environment=CALLBOOK_REPORTS={}/reports\n", folder.display());
    assert!(place.output("systemd").contains(&reports));
    place.write("browser.toml", "[ringcentral]\nclient_id = 'an-app'");
    let without = place.run("systemd --config browser.toml");
    assert!(without.stderr.contains("has no JWT, and callbook cannot use"), "{without:?}");
    assert_eq!(place.run("systemd --run-as a/b").code, Some(2));
    verify(&place, "system", &system.stdout);
    verify(&place, "user", &user);
}

/// Where there is systemd, it must have nothing to say.
fn verify(place: &Place, kind: &str, unit: &str) {
    place.write("callbook.service", unit);
    let mut verify = place.command("systemd-analyze");
    let runtime = place.path("tmp");
    let verify = verify.arg(format!("--{kind}")).args(["verify", "./callbook.service"]);
    said_nothing(verify.env("XDG_RUNTIME_DIR", runtime), kind);
}
