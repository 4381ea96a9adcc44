//! No secret is in anything that the program says or leaves behind, but in the file that it is kept in.

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use secrecy::ExposeSecret as _;

use crate::support::{Browser, Company, LoginFile, Place, Relay, basic, is_private};

/// Some commands do not end by themselves: they are ended after so long.
const LONG_ENOUGH: Duration = Duration::from_secs(4);

/// The commands below a command, by its help.
fn commands_of(place: &Place, command: &str) -> Vec<String> {
    let help = place.output(&format!("{command} --help"));
    let list = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let names = list.take_while(|line| !line.is_empty()).filter_map(|line| line.strip_prefix("  "));
    let names = names.filter(|line| !line.starts_with(' '));
    let names =
        names.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help");
    names.map(|name| format!("{command} {name}").trim().to_owned()).collect()
}

/// Every command that there is, found from the help texts, so that new ones are tried as well.
fn commands(place: &Place, command: &str) -> Vec<String> {
    let below = commands_of(place, command);
    let deeper = below.iter().flat_map(|each| commands(place, each));
    let deeper: Vec<_> = deeper.collect();
    below.into_iter().chain(deeper).collect()
}

/// Runs a command with everything logged, to its end or until it has run long enough.
fn say_everything(place: &Place, arguments: &str, variables: &[(&str, &str)]) -> Output {
    let mut command = place.callbook(arguments);
    command.env("CALLBOOK_LOG", "trace").env("RUST_BACKTRACE", "full");
    command.envs(variables.iter().copied());
    let (out, err) = (place.path("stdout"), place.path("stderr"));
    let file = |path: &Path| Stdio::from(std::fs::File::create(path).unwrap());
    let mut child = command.stdout(file(&out)).stderr(file(&err)).spawn().unwrap();
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if begun.elapsed() > LONG_ENOUGH {
            child.kill().unwrap();
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let said = |path: &Path| std::fs::read(path).unwrap();
    Output { status, stdout: said(&out), stderr: said(&err) }
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

/// Whoever has a secret of the company's, and what was said.
struct Watch {
    relay: Relay,
    company: Company,
    place: Place,
    said: Vec<(String, Vec<u8>)>,
}

impl Watch {
    fn new() -> Self {
        // Of a seed that no command would take by itself, or a sandbox would tell the same secrets.
        let company = Company::start(Company::options(77, 60));
        let relay = Relay::to(&company.url);
        let place = company.place().with("RC_SERVER_URL", &relay.url);
        Self { relay, company, place, said: Vec::new() }
    }

    fn run(&mut self, arguments: &str, variables: &[(&str, &str)]) -> Output {
        let output = say_everything(&self.place, arguments, variables);
        let said = [output.stdout.clone(), output.stderr.clone()].concat();
        self.said.push((format!("{arguments} {variables:?}"), said));
        output
    }

    fn secrets(&self) -> Vec<String> {
        let credentials = &self.company.credentials;
        let (secret, jwt) = (self.company.secret(), credentials.jwt.expose_secret().to_owned());
        let header = basic(&credentials.client_id, &secret);
        let mut secrets =
            vec![secret, jwt, header, credentials.password.expose_secret().to_owned()];
        secrets.extend(self.relay.tokens());
        secrets
    }

    /// Looks for every secret in what was said and in what is left.
    fn check(mut self) {
        let logins = LoginFile::of(&self.place).unwrap().0;
        assert!(is_private(&logins));
        for path in files_below(&self.place.path("")).into_iter().filter(|path| *path != logins) {
            self.said.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
        let secrets = self.secrets();
        assert!(secrets.len() > 8, "{} secrets", secrets.len());
        for (place, said) in &self.said {
            for (number, secret) in secrets.iter().enumerate() {
                let found = said.windows(secret.len()).any(|each| each == secret.as_bytes());
                assert!(!found, "secret {number} is in what is said by or left in {place}");
            }
        }
    }
}

/// The same without a JWT that comes first.
const NO_JWT: [(&str, &str); 1] = [("RC_USER_JWT", "")];

#[test]
fn no_secret_is_said_or_left_behind() {
    let mut watch = Watch::new();
    let commands = commands(&watch.place, "");
    assert!(commands.iter().any(|command| command == "account add"), "{commands:?}");
    // By JWT, then by browser; something is synced with each.
    for arguments in ["login --jwt", "sync", "login --status"] {
        assert!(watch.run(arguments, &[]).status.success(), "{arguments}");
    }
    let place = std::mem::replace(&mut watch.place, Place::new()).with("RC_USER_JWT", "");
    watch.place = place;
    Browser::log_in(&watch.company, &watch.place);
    for arguments in
        ["sync", "verify", "status", "calls", "login --status --json", "sync --since 2024-01-01"]
    {
        assert!(watch.run(arguments, &[]).status.success(), "{arguments}");
    }
    let jwt = watch.company.credentials.jwt.expose_secret().to_owned();
    let known = LoginFile::of(&watch.place).unwrap();
    let kept = std::fs::read(&known.0).unwrap();
    for command in commands.iter().filter(|command| *command != "logout") {
        watch.run(command, &NO_JWT);
        watch.run(&format!("{command} --json"), &[("RC_USER_JWT", &jwt)]);
        watch.run(&format!("{command} --no-such-flag"), &[]);
    }
    std::fs::write(&known.0, kept).unwrap();
    watch.fail_in_every_way(&known);
    watch.run("logout", &[]);
    Browser::log_in(&watch.company, &watch.place);
    watch.check();
}

impl Watch {
    /// Refusals that have secrets at hand.
    fn fail_in_every_way(&mut self, login: &LoginFile) {
        let jwt = self.company.credentials.jwt.expose_secret().to_owned();
        let half = format!("{}x", self.company.secret());
        for variables in [
            [("RC_APP_CLIENT_SECRET", &*half), ("RC_USER_JWT", &*jwt)],
            [("RC_SERVER_URL", "http://127.0.0.1:1"), ("RC_USER_JWT", &*jwt)],
            [("RC_SERVER_URL", "nonsense"), ("RC_USER_JWT", &*jwt)],
            [("CALLBOOK_DATABASE", "/proc/none.db"), ("RC_USER_JWT", &*jwt)],
        ] {
            assert!(!self.run("sync", &variables).status.success());
        }
        #[cfg(feature = "crash-points")]
        self.panic_with_tokens_in_hand(login);
        login.change("refresh", "spent");
        login.expire();
        assert_eq!(self.run("sync", &[]).status.code(), Some(12));
    }

    #[cfg(feature = "crash-points")]
    fn panic_with_tokens_in_hand(&mut self, login: &LoginFile) {
        login.expire();
        let panic = [("CALLBOOK_CRASH_AT", "login_writing:2"), ("CALLBOOK_CRASH_BY", "panic")];
        let output = self.run("sync", &panic);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            !output.status.success() && said.contains("told to panic at login_writing"),
            "{said}"
        );
    }
}
