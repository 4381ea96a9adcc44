//! How a failure is told: one line, a hint, an exit code.

use std::process::ExitCode;

use callbook_exchange::Error as Exchange;
use callbook_lake::Error as Lake;
use callbook_login::Error as Login;
use callbook_recordings::Error as Recordings;
use callbook_report::Error as Report;
use callbook_ringcentral::{ConnectionError, Error as Upstream, MediaHostError, Unreached};
use callbook_sandbox::{ControlError, Error as Sandbox};
use callbook_store::{Error as Store, LocationError};
use callbook_sync::Error as Sync;

use crate::commands::serve::CannotListen;
use crate::config::ConfigError;
use crate::output::note;
use crate::private_file::PrivateFileError;
use crate::time::TimeError;

/// Stopped by a signal.
pub const INTERRUPTED: ExitCodeNumber = ExitCodeNumber(130);
/// Everything went well.
pub const OK: ExitCodeNumber = ExitCodeNumber(0);
/// Done in part: a verification that found a gap, a list without a damaged record.
pub const PARTLY: ExitCodeNumber = ExitCodeNumber(3);
/// Done, and what was looked at does not work.
pub const NOT_WELL: ExitCodeNumber = ExitCodeNumber(FAILED);

const FAILED: u8 = 1;
const USAGE: u8 = 2;
const NO_ARCHIVE: u8 = 10;
const LOCKED: u8 = 11;
const NOT_AUTHORISED: u8 = 12;

/// What every help says about exit codes.
pub const EXIT_CODES: &str = "\
Exit codes:
  0    done
  1    failed
  2    wrong usage or configuration
  3    partly done: a call is missing (verify), damaged (calls, export) or unreadable (import)
  10   no archive there
  11   another sync of the account is running
  12   not authorised
  130  interrupted";

/// An exit code that a command ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExitCodeNumber(u8);

impl From<ExitCodeNumber> for ExitCode {
    fn from(ExitCodeNumber(number): ExitCodeNumber) -> Self {
        number.into()
    }
}

/// Wrong usage that the command line parser cannot see.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Usage {
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: &'static str,
}

/// An error for people.
#[derive(Debug)]
pub struct Told {
    /// One line.
    pub message: String,
    /// What to do; empty where nobody knows.
    pub hint: String,
    code: u8,
}

impl Told {
    /// Somebody else is at it already.
    pub fn is_locked(&self) -> bool {
        self.code == LOCKED
    }
}

/// An error in words.
pub fn told(error: &anyhow::Error) -> Told {
    let (root, top) = (error.root_cause().to_string(), error.to_string());
    let message = if top.contains(&root) { top } else { format!("{top}: {root}") };
    let (code, hint) = error.chain().find_map(verdict).unwrap_or((FAILED, String::new()));
    Told { message, hint, code }
}

/// Prints the error and its hint, and gives the exit code.
pub fn report(error: &anyhow::Error) -> ExitCode {
    // Who reads our output may have gone: that is no failure of ours. A connection that broke looks
    // the same, but comes inside an error that we know.
    let gone = |cause: &(dyn std::error::Error + 'static)| {
        let io = cause.downcast_ref::<std::io::Error>();
        io.is_some_and(|io| io.kind() == std::io::ErrorKind::BrokenPipe)
    };
    if error.chain().find_map(verdict).is_none() && error.chain().any(gone) {
        return ExitCode::SUCCESS;
    }
    let Told { message, hint, code } = told(error);
    note!("error: {message}");
    if !hint.is_empty() {
        note!("hint: {hint}");
    }
    ExitCode::from(code)
}

/// The exit code and the hint of an error that we know.
fn verdict(error: &(dyn std::error::Error + 'static)) -> Option<(u8, String)> {
    None.or_else(|| error.downcast_ref::<Usage>().map(|usage| (USAGE, usage.hint.to_owned())))
        .or_else(|| error.downcast_ref::<ConfigError>().map(|error| (USAGE, error.hint())))
        .or_else(|| error.downcast_ref::<TimeError>().map(|error| (USAGE, error.hint())))
        .or_else(|| error.downcast_ref().map(cannot_listen))
        .or_else(|| error.downcast_ref().map(private_file))
        .or_else(|| error.downcast_ref().map(location))
        .or_else(|| error.downcast_ref().map(connection))
        .or_else(|| error.downcast_ref().map(login))
        .or_else(|| error.downcast_ref().map(store))
        .or_else(|| error.downcast_ref().map(upstream))
        .or_else(|| error.downcast_ref().and_then(sync))
        .or_else(|| error.downcast_ref().and_then(recordings))
        .or_else(|| error.downcast_ref().map(media_host))
        .or_else(|| error.downcast_ref().and_then(exchange))
        .or_else(|| error.downcast_ref().map(lake))
        .or_else(|| error.downcast_ref().and_then(report_of))
        .or_else(|| error.downcast_ref().map(sandbox))
        .or_else(|| error.downcast_ref().map(control))
}

fn control(error: &ControlError) -> (u8, String) {
    let hint = match error {
        ControlError::NotASandbox => "name the file that `callbook sandbox --env-file FILE` wrote",
        ControlError::Unreachable { .. } => "start one: callbook sandbox --env-file sandbox.env",
        ControlError::Refused { .. } => "",
    };
    let code = if matches!(error, ControlError::NotASandbox) { USAGE } else { FAILED };
    (code, hint.to_owned())
}

fn cannot_listen(_: &CannotListen) -> (u8, String) {
    (FAILED, "choose another place with --listen; port 0 takes any free one".to_owned())
}

fn private_file(error: &PrivateFileError) -> (u8, String) {
    let (code, hint) = match error {
        PrivateFileError::Exists(_) => (USAGE, "give --force to overwrite it"),
        PrivateFileError::Unwritable { .. } => {
            (FAILED, "check that the folder exists and may be written to")
        }
    };
    (code, hint.to_owned())
}

fn location(error: &LocationError) -> (u8, String) {
    let hint = match error {
        LocationError::NoFile(_) => "name a file, such as --database sqlite://callbook.db",
        LocationError::OtherScheme(_) => "give a path, sqlite://PATH or postgres://…",
        LocationError::NotAUrl(_) => "such as postgres://user:password@host:5432/database",
    };
    (USAGE, hint.to_owned())
}

fn connection(error: &ConnectionError) -> (u8, String) {
    let hint = match error {
        ConnectionError::NotAUrl { .. } | ConnectionError::NotHttp(_) => {
            "RC_SERVER_URL is usually https://platform.ringcentral.com"
        }
        ConnectionError::PlainHttp(_) => {
            "use https://, or the sensitive parts could be read by anyone on the way"
        }
        ConnectionError::Credentials => {
            "leave them out: RC_APP_CLIENT_ID, RC_APP_CLIENT_SECRET and RC_USER_JWT sign in"
        }
    };
    (USAGE, hint.to_owned())
}

fn login(error: &Login) -> (u8, String) {
    let (code, hint) = match error {
        Login::Refused { .. } => (
            NOT_AUTHORISED,
            "the app needs the authorization code flow, and the scopes of the README",
        ),
        Login::TimedOut => (
            FAILED,
            "if the browser showed an error: is the address to come back to one of the app's redirect URIs?",
        ),
        Login::Listen { .. } => (FAILED, "choose another --port; 0 takes any free one"),
        Login::NoHome => (USAGE, "set HOME, or CALLBOOK_LOGINS to a folder"),
        Login::Foreign => (USAGE, "copy the whole address out of the browser"),
        Login::NoKeyring => (USAGE, "build it with `--features keyring`, or leave the setting out"),
        Login::Sealed => (NOT_AUTHORISED, "`callbook login` signs in anew"),
        Login::File { .. } => (
            FAILED,
            "check the folder, its owner and its disk; CALLBOOK_LOGINS puts logins elsewhere",
        ),
        // The keyring, where there is one, or the system's random numbers.
        _ => (FAILED, "unlock the keyring, or set CALLBOOK_KEYRING=0 and `callbook login` again"),
    };
    (code, hint.to_owned())
}

fn store(error: &Store) -> (u8, String) {
    let (code, hint) = match error {
        Store::NoArchive { .. } => (
            NO_ARCHIVE,
            "`callbook sync` and `callbook account add` make one; --database says where it is",
        ),
        Store::NotAnArchive { .. } => {
            (NO_ARCHIVE, "the file was left as it is; choose another with --database")
        }
        Store::NotEmpty { .. } => (USAGE, "restore into a new place"),
        Store::Newer { .. } => (FAILED, "use the Callbook that wrote it, or a later one"),
        Store::CannotOpen { .. } => (FAILED, "check that the folder exists and may be written to"),
        Store::ReadOnly { .. } => {
            (FAILED, "make the folder writable, or copy the archive elsewhere")
        }
        Store::Full { .. } => (FAILED, "make room and run it again: it goes on where it stopped"),
        Store::Damaged { .. } | Store::DamagedRecord { .. } => {
            (FAILED, "keep the file, restore a copy of it, and run `callbook sync`")
        }
        Store::Busy { .. } => (FAILED, "end the other program, or try again later"),
        Store::Locked { .. } | Store::TakenOver => (
            LOCKED,
            "wait for it, or stop it if it runs with --follow: one sync at a time keeps an account's archive right",
        ),
        Store::RecordingsLocked { .. } => (
            LOCKED,
            "wait for it, or stop it if it runs with --follow: one process at a time fetches an account's recordings",
        ),
        Store::LakeLocked { .. } => {
            (LOCKED, "wait for it: one process at a time writes an account's tables")
        }
        Store::OldSqlite { .. } => (FAILED, "build Callbook with the SQLite that it brings"),
        Store::Unreachable { .. } => (
            FAILED,
            "check that the server runs, and the URL; run it again: it goes on where it stopped",
        ),
        Store::Compressor(_) | Store::Database { .. } => (FAILED, ""),
    };
    (code, hint.to_owned())
}

fn upstream(error: &Upstream) -> (u8, String) {
    let (code, hint) = match error {
        Upstream::Unreachable { .. } => {
            (FAILED, "check RC_SERVER_URL and the network; a sync goes on where it stopped")
        }
        Upstream::NotTheApi { .. } => (
            FAILED,
            "RC_SERVER_URL must be the API's address, such as https://platform.ringcentral.com",
        ),
        Upstream::LoginRefused { .. }
        | Upstream::NotSignedIn
        | Upstream::LoginOver { .. }
        | Upstream::OddLogin
        | Upstream::MissingScopes { .. } => (NOT_AUTHORISED, signing_in(error)),
        Upstream::Keep(error) => {
            return error.downcast_ref().map_or((FAILED, String::new()), login);
        }
        Upstream::Forbidden { permission: Some(permission), .. } => {
            let hint = format!("give the app and its user the permission {permission}");
            return (NOT_AUTHORISED, hint);
        }
        Upstream::Forbidden { .. } => (
            NOT_AUTHORISED,
            "the app needs ReadCallLog and ReadAccounts, its user the whole company's call log",
        ),
        Upstream::Redirected { .. } => {
            (FAILED, "name the host that has the recordings in [recordings] media_hosts")
        }
        Upstream::Refused { .. }
        | Upstream::TokenRefused { .. }
        | Upstream::Malformed { .. }
        | Upstream::TooLarge { .. } => {
            (FAILED, "set CALLBOOK_LOG=debug to see the requests; what was committed is kept")
        }
        Upstream::Unavailable { .. } => (FAILED, "try again later: it goes on where it stopped"),
    };
    (code, hint.to_owned())
}

/// What to do about an app that may not do something.
pub const ADD_SCOPES: &str =
    "add it to the app's scopes in RingCentral's developer console, then sign in anew";

/// What to do so that one is signed in, as somebody who may do it.
fn signing_in(error: &Upstream) -> &'static str {
    match error {
        Upstream::NotSignedIn => {
            "`callbook login` signs in; or set RC_USER_JWT; without an account, try `callbook demo`"
        }
        Upstream::LoginOver { .. } | Upstream::OddLogin => {
            "`callbook login` signs in anew; what was committed is kept"
        }
        Upstream::MissingScopes { .. } => ADD_SCOPES,
        _ => "check RC_APP_CLIENT_ID, RC_APP_CLIENT_SECRET and RC_USER_JWT",
    }
}

/// What to do about a server that cannot be reached.
pub fn unreached(error: &Unreached) -> &'static str {
    match error {
        Unreached::Name { .. } => "check RC_SERVER_URL, the network and its DNS",
        Unreached::Port { .. } => "check RC_SERVER_URL, the network and firewalls on the way",
        Unreached::Connection { .. } => {
            "check the system's certificates and clock, and the proxy if there is one"
        }
        Unreached::Answer { .. } => "check the network and proxies on the way; try again later",
        Unreached::Stranger { .. } => {
            "RC_SERVER_URL must be the API's address, such as https://platform.ringcentral.com"
        }
    }
}

fn sync(error: &Sync) -> Option<(u8, String)> {
    match error {
        // Their own verdicts.
        Sync::Upstream(error) => Some(upstream(error)),
        Sync::Store(error) => Some(store(error)),
        Sync::Cursor(_) | Sync::State(_) | Sync::Endless(_) => None,
        Sync::Unfinished => Some((FAILED, "run `callbook sync` again: it goes on".to_owned())),
        Sync::NotCovered { .. } => {
            Some((USAGE, "`callbook sync --since DATE` fetches earlier calls".to_owned()))
        }
        Sync::NeverSynced(_) => Some((FAILED, "run `callbook sync` first".to_owned())),
    }
}

fn recordings(error: &Recordings) -> Option<(u8, String)> {
    let (code, hint) = match error {
        // Their own verdicts.
        Recordings::Upstream(error) => return Some(upstream(error)),
        Recordings::Store(error) => return Some(store(error)),
        // A reader of ours that has gone is no failure.
        Recordings::Write(_) => return None,
        Recordings::OddPlace { .. } => {
            (USAGE, "name a folder, s3://BUCKET/PREFIX, gs://… or az://…, without secrets in it")
        }
        Recordings::Place { source, .. } | Recordings::Object { source, .. } if is_full(source) => {
            (FAILED, "make room where recordings are kept; what was kept stays")
        }
        Recordings::Place { .. } | Recordings::Object { .. } => (
            FAILED,
            "check its name, and its credentials in AWS_…, GOOGLE_… or AZURE_…; what was kept stays",
        ),
        Recordings::Folder { .. } | Recordings::Spool(_) => {
            (FAILED, "check that there is room, and that the folder may be written to")
        }
        Recordings::File { .. } => (FAILED, "check that you may read it, and that it is there"),
        Recordings::OtherFile { .. } => {
            (FAILED, "export the bundle anew: this recording was damaged when it was written")
        }
        Recordings::OtherObject { .. } => {
            (FAILED, "`callbook recordings verify --repair` has what is damaged fetched again")
        }
        Recordings::OtherAccount { .. } => {
            (USAGE, "[recordings] users has env files of more users of the same account")
        }
    };
    Some((code, hint.to_owned()))
}

/// Whether a full disk is behind it.
fn is_full(error: &(dyn std::error::Error + 'static)) -> bool {
    std::iter::successors(Some(error), |error| error.source()).any(|error| {
        let io = error.downcast_ref::<std::io::Error>();
        io.is_some_and(|io| io.kind() == std::io::ErrorKind::StorageFull)
    })
}

fn media_host(_: &MediaHostError) -> (u8, String) {
    (USAGE, "[recordings] media_hosts has the names of hosts that the token may go to".to_owned())
}

fn exchange(error: &Exchange) -> Option<(u8, String)> {
    let (code, hint) = match error {
        Exchange::Store(error) => return Some(store(error)),
        // A reader of ours that has gone is no failure.
        Exchange::Write(_) | Exchange::Parquet(_) | Exchange::Workbook(_) => return None,
        Exchange::WriteFile { .. } => {
            (FAILED, "check that there is room, and that the folder is there")
        }
        Exchange::Exists { .. } => (USAGE, "name a new folder: no bundle is overwritten"),
        Exchange::ReadFile { .. } => (FAILED, "check the file; what was read of it is kept"),
        Exchange::Unknown { .. } => (
            USAGE,
            "give a bundle, JSON lines of `callbook export`, or the portal's CSV with its column names",
        ),
        Exchange::NoBundle { .. } => (USAGE, "a bundle has manifest.json and SHA256SUMS in it"),
        Exchange::Damaged { .. } => (FAILED, "nothing of it was taken in; use another copy"),
        Exchange::Newer { .. } => (FAILED, "use the Callbook that wrote it, or a later one"),
        Exchange::NoZone => (USAGE, "give the account's zone with --tz"),
    };
    Some((code, hint.to_owned()))
}

fn lake(error: &Lake) -> (u8, String) {
    let (code, hint) = match error {
        Lake::Store(error) => return store(error),
        Lake::Question { .. } => (
            USAGE,
            "tables: interactions, legs, offers, queue_visits, recordings, people, queues, members; \
             `callbook sql \"DESCRIBE interactions\"` lists columns",
        ),
        Lake::NoTable { .. } => (USAGE, "`callbook sql \"SHOW TABLES\"` lists them"),
        Lake::Writes { .. } => (USAGE, "write a SELECT; the archive is changed by other commands"),
        Lake::Memory { .. } => (FAILED, "ask for less: fewer days, fewer columns, a LIMIT"),
        Lake::Time { .. } => (FAILED, "ask for less: fewer days, or sums by hour before others"),
        Lake::OddPlace { .. } => {
            (USAGE, "name a folder, s3://BUCKET/PREFIX, gs://… or az://…, without secrets in it")
        }
        Lake::Place { .. } => {
            (FAILED, "check its name, and its credentials in AWS_…, GOOGLE_… or AZURE_…")
        }
        Lake::Object { .. } | Lake::Folder { .. } => (
            FAILED,
            "check that there is room, that the place of [lake] may be written to, and a bucket's credentials",
        ),
        Lake::Overtaken => (FAILED, "run it again: what the other has not written is written then"),
        Lake::Manifest { .. } => {
            (FAILED, "delete the lake's folder: it is built anew from the archive")
        }
        Lake::Parquet(_) | Lake::Tables(_) => (
            FAILED,
            "if its files are damaged, `callbook lake update` makes those anew that are gone or cut off; or delete the lake's folder",
        ),
    };
    (code, hint.to_owned())
}

fn report_of(error: &Report) -> Option<(u8, String)> {
    let (code, hint) = match error {
        Report::Lake(error) => return Some(lake(error)),
        Report::Exchange(error) => return exchange(error),
        // A reader of ours that has gone is no failure.
        Report::Write(_) | Report::Arrow(_) | Report::Parquet(_) => return None,
        Report::Folder { .. } => (USAGE, "[reports] folder names one that may be read"),
        Report::Unknown { .. } => (USAGE, "`callbook report` lists all"),
        Report::NoParameter { .. } | Report::Missing { .. } | Report::Value { .. } => {
            (USAGE, "`callbook report NAME --explain` lists parameters; --set NAME=VALUE sets one")
        }
        Report::NoChart => (USAGE, "choose another --format, or add [chart] to its header"),
        Report::ChartColumn { .. } => (USAGE, "name a column of its SELECT in [chart]"),
    };
    Some((code, hint.to_owned()))
}

fn sandbox(error: &Sandbox) -> (u8, String) {
    match error {
        Sandbox::PortTaken { .. } => {
            (FAILED, "choose another with --port; 0 takes any free one".to_owned())
        }
        Sandbox::EnvFile { .. } => {
            (FAILED, "check that the folder exists and may be written to".to_owned())
        }
        Sandbox::TooFewUsers { .. } => (USAGE, "give more with --users".to_owned()),
        Sandbox::NoSuchAccount { .. } => {
            (USAGE, "the companies are company-001, company-002 and so on".to_owned())
        }
        Sandbox::NoPortsLeft { .. } => (USAGE, "give --port 0 to take any free ones".to_owned()),
        Sandbox::EmptyPeriod { .. } => (USAGE, "--from must come before --until".to_owned()),
        _ => (FAILED, String::new()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Error, ErrorKind};

    use super::*;

    #[test]
    fn only_a_reader_of_ours_may_leave_without_a_failure() {
        let gone = || Error::from(ErrorKind::BrokenPipe);
        let reader = anyhow::Error::new(gone()).context(crate::output::CANNOT_WRITE);
        assert_eq!(report(&reader), ExitCode::SUCCESS);
        let other = Store::CannotOpen { path: "callbook.db".into(), source: gone() };
        assert_eq!(report(&other.into()), ExitCode::from(FAILED));
    }
}
