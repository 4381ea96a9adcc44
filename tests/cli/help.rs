//! Every help text, word for word.

use crate::support::Place;

#[test]
fn every_help() {
    let place = Place::new();
    insta::assert_snapshot!("help", place.output("--help"));
    for command in ["add", "list", "pause", "resume", "remove"] {
        let text = place.output(&format!("account {command} --help"));
        insta::assert_snapshot!(format!("help_account_{command}"), text);
    }
    for command in ["create", "list", "revoke", "credential", "credentials", "password"] {
        let text = place.output(&format!("app {command} --help"));
        insta::assert_snapshot!(format!("help_app_{command}"), text);
    }
    for command in ["call", "clock", "edit", "delete", "directory", "reset", "fill"] {
        let text = place.output(&format!("sandbox {command} --help"));
        insta::assert_snapshot!(format!("help_sandbox_{command}"), text);
    }
    for command in ["list", "history"] {
        let text = place.output(&format!("directory {command} --help"));
        insta::assert_snapshot!(format!("help_directory_{command}"), text);
    }
    for command in ["list", "run", "log", "pause", "resume"] {
        let text = place.output(&format!("deliveries {command} --help"));
        insta::assert_snapshot!(format!("help_deliveries_{command}"), text);
    }
    insta::assert_snapshot!("help_config_show", place.output("config show --help"));
    for command in ["init", "doctor", "config", "completions", "man", "systemd"] {
        let text = place.output(&format!("{command} --help"));
        insta::assert_snapshot!(format!("help_{command}"), text);
    }
    let keeping = [
        "login",
        "logout",
        "account",
        "quarantine",
        "alerts",
        "app",
        "export",
        "import",
        "backup",
        "restore",
    ];
    let others = [
        "demo",
        "sync",
        "verify",
        "calls",
        "show",
        "status",
        "recordings",
        "directory",
        "sandbox",
        "report",
        "deliveries",
        "sql",
    ];
    for command in keeping.into_iter().chain(others) {
        let text = place.output(&format!("{command} --help"));
        insta::assert_snapshot!(format!("help_{command}"), text);
    }
}

#[test]
fn without_a_command_the_help_is_an_error() {
    let outcome = Place::new().run("");
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(2), ""));
    assert_eq!(outcome.stderr, Place::new().output("-h"));
}

#[test]
fn the_version_is_that_of_the_package() {
    assert_eq!(
        Place::new().output("--version"),
        concat!("callbook ", env!("CARGO_PKG_VERSION"), "\n")
    );
}
