//! Every setting there is: its names, its default, and what may be shown of it.

use super::{DATABASE, SERVER_URL};

/// A setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Setting {
    /// Its place in `callbook.toml`.
    pub key: &'static str,
    /// A flag that sets it, too.
    pub flag: Option<&'static str>,
    /// An environment variable that does.
    pub variable: Option<&'static str>,
    /// What it is when nobody says so.
    pub default: Option<&'static str>,
    pub kind: Kind,
}

/// What may be shown of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// All of it.
    Plain,
    /// The names of the tables that it is made of.
    Names,
    /// All but user, password and options.
    Database,
    /// A URL up to its query.
    Server,
    /// Nothing.
    Secret,
    /// Nothing; `…_file` and `…_command` say where it is.
    SecretElsewhere,
}

/// In the order of the README.
pub(super) const SETTINGS: [Setting; 26] = [
    Setting {
        flag: Some("--database"),
        variable: Some("CALLBOOK_DATABASE"),
        default: Some(DATABASE),
        ..of("database", Kind::Database)
    },
    Setting {
        variable: Some("RC_SERVER_URL"),
        default: Some(SERVER_URL),
        ..of("ringcentral.server_url", Kind::Server)
    },
    Setting { variable: Some("RC_APP_CLIENT_ID"), ..of("ringcentral.client_id", Kind::Plain) },
    Setting {
        variable: Some("RC_APP_CLIENT_SECRET"),
        ..of("ringcentral.client_secret", Kind::SecretElsewhere)
    },
    Setting { variable: Some("RC_USER_JWT"), ..of("ringcentral.jwt", Kind::SecretElsewhere) },
    Setting { variable: Some("CALLBOOK_LOGIN"), ..of("ringcentral.login", Kind::Plain) },
    Setting { variable: Some("CALLBOOK_LOGINS"), ..of("logins.folder", Kind::Plain) },
    Setting {
        variable: Some("CALLBOOK_KEYRING"),
        default: Some("false"),
        ..of("logins.keyring", Kind::Plain)
    },
    Setting { variable: Some("CALLBOOK_RECORDINGS"), ..of("recordings.store", Kind::Plain) },
    of("recordings.spool", Kind::Plain),
    Setting { default: Some("90"), ..of("recordings.days", Kind::Plain) },
    Setting { default: Some("100000"), ..of("recordings.cap", Kind::Plain) },
    of("recordings.media_hosts", Kind::Plain),
    of("recordings.users", Kind::Plain),
    Setting { default: Some("24"), ..of("alerts.stale_after_hours", Kind::Plain) },
    Setting { default: Some("2000"), ..of("alerts.disk_free_mb", Kind::Plain) },
    of("alerts.webhook", Kind::Secret),
    of("alerts.email.server", Kind::Secret),
    of("alerts.email.from", Kind::Plain),
    of("alerts.email.to", Kind::Plain),
    Setting { variable: Some("CALLBOOK_LAKE"), ..of("lake.folder", Kind::Plain) },
    of("lake.holidays", Kind::Plain),
    Setting { variable: Some("CALLBOOK_REPORTS"), ..of("reports.folder", Kind::Plain) },
    of("access", Kind::Plain),
    of("deliveries", Kind::Names),
    of("thresholds", Kind::Names),
];

const fn of(key: &'static str, kind: Kind) -> Setting {
    Setting { key, flag: None, variable: None, default: None, kind }
}
