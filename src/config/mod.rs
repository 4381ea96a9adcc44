//! Settings: flags, then the environment, then `callbook.toml`, then defaults.
//!
//! `--env-file` is a flag, so what it holds comes before the environment.

mod error;
mod origin;
mod setting;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use callbook_login::{LoginFile, Logins};
use callbook_ringcentral::{Connection, ConnectionError, Credential, parse_server_url};
use callbook_store::Location;
use clap::Args;
use jiff::civil::Date;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use url::Url;

use crate::credentials::{Variables, output_of, read_env_file, signed_in};
use crate::deliveries::{self, Delivery, Threshold};
use crate::{access, alerts, lake, recordings, reports};

pub use error::ConfigError;
pub use origin::{Origin, Row};

/// Read without being named, if it is in the current folder.
pub const FILE: &str = "callbook.toml";
/// A file in the current folder.
pub const DATABASE: &str = "sqlite://callbook.db";
/// A folder beside the file of settings.
pub const REPORTS: &str = "reports";
/// RingCentral's own.
pub const SERVER_URL: &str = "https://platform.ringcentral.com";

/// Where settings come from, for every command that needs any.
#[derive(Debug, Clone, Args)]
pub struct Sources {
    /// The archive: sqlite://PATH or postgres://USER@HOST/DATABASE [env: CALLBOOK_DATABASE] [default:
    /// sqlite://callbook.db]
    #[arg(long, global = true, value_name = "URL")]
    database: Option<String>,
    /// Settings as TOML [default: callbook.toml, if there is one]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// NAME=value lines that count before the environment
    #[arg(long, global = true, value_name = "FILE")]
    env_file: Option<PathBuf>,
}

impl Sources {
    /// An env file, then the rest as usual.
    pub fn env_file(env_file: Option<PathBuf>) -> Self {
        Self { database: None, config: None, env_file }
    }

    /// An archive and settings, without an env file.
    pub fn archive(database: Option<String>, config: Option<PathBuf>) -> Self {
        Self { database, config, env_file: None }
    }

    /// Settings of this file, then the rest as usual.
    pub fn config(config: Option<PathBuf>) -> Self {
        Self { database: None, config, env_file: None }
    }
}

/// `callbook.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    database: Option<String>,
    ringcentral: RingCentral,
    logins: LoginSettings,
    recordings: recordings::Settings,
    alerts: alerts::Settings,
    lake: lake::Settings,
    reports: reports::Settings,
    access: Vec<access::Rule>,
    deliveries: Vec<Delivery>,
    thresholds: Vec<Threshold>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table")]
struct RingCentral {
    server_url: Option<String>,
    client_id: Option<String>,
    client_secret: Option<SecretString>,
    client_secret_file: Option<PathBuf>,
    client_secret_command: Option<String>,
    jwt: Option<SecretString>,
    jwt_file: Option<PathBuf>,
    jwt_command: Option<String>,
    login: Option<String>,
}

impl RingCentral {
    /// A secret that several settings have.
    fn said_twice(&self) -> Option<&'static str> {
        let ways = |value: bool, file: bool, command: bool| {
            u8::from(value) + u8::from(file) + u8::from(command) > 1
        };
        let secret = ways(
            self.client_secret.is_some(),
            self.client_secret_file.is_some(),
            self.client_secret_command.is_some(),
        );
        let jwt = ways(self.jwt.is_some(), self.jwt_file.is_some(), self.jwt_command.is_some());
        secret.then_some("client_secret").or_else(|| jwt.then_some("jwt"))
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table")]
struct LoginSettings {
    folder: Option<PathBuf>,
    keyring: bool,
}

/// Settings from all their sources.
#[derive(Debug)]
pub struct Config {
    database: Option<String>,
    env_file: Variables,
    env_path: Option<PathBuf>,
    file: File,
    path: Option<PathBuf>,
}

impl Config {
    /// Reads the sources.
    ///
    /// # Errors
    /// When one that was named cannot be read or makes no sense.
    pub fn load(sources: &Sources) -> Result<Self, ConfigError> {
        let env_file = sources.env_file.as_deref().map(read_env_file).transpose()?;
        let found = || Path::new(FILE).exists().then(|| PathBuf::from(FILE));
        let path = sources.config.clone().or_else(found);
        let file = path.as_deref().map(read_file).transpose()?;
        Ok(Self {
            database: sources.database.clone(),
            env_file: env_file.unwrap_or_default(),
            env_path: sources.env_file.clone(),
            file: file.unwrap_or_default(),
            path,
        })
    }

    /// The file of settings, if there is one.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Where the archive is.
    ///
    /// # Errors
    /// When the setting names no place for one.
    pub fn location(&self) -> anyhow::Result<Location> {
        let text = self.database.clone().or_else(|| self.variable("CALLBOOK_DATABASE"));
        let text = text.or_else(|| self.file.database.clone());
        Ok(text.as_deref().unwrap_or(DATABASE).parse()?)
    }

    /// Where to sign in, and as whom: with the JWT, if there is one, else with what `callbook login` has kept.
    ///
    /// # Errors
    /// When something is missing or cannot be right.
    pub fn connection(&self) -> anyhow::Result<Connection> {
        let Some(jwt) = self.jwt()? else {
            let (connection, login) = self.stored()?;
            return signed_in(connection, &login);
        };
        let (server_url, client_id, client_secret) = self.app()?;
        Ok(Connection { server_url, client_id, client_secret, credential: Credential::Jwt(jwt) })
    }

    /// The same with what `callbook login` keeps, whether or not anything is there; and where.
    ///
    /// # Errors
    /// When something is missing or cannot be right.
    pub fn stored(&self) -> anyhow::Result<(Connection, Arc<LoginFile>)> {
        let name = self.variable("CALLBOOK_LOGIN").or_else(|| self.file.ringcentral.login.clone());
        let (server_url, client_id, client_secret) = self.app()?;
        let login = self.logins()?.login(&server_url, &client_id, name.as_deref());
        let credential = Credential::Stored(login.clone());
        Ok((Connection { server_url, client_id, client_secret, credential }, login))
    }

    /// The server.
    ///
    /// # Errors
    /// When it cannot be right.
    pub fn server_url(&self) -> Result<Url, ConnectionError> {
        let set = self.variable("RC_SERVER_URL");
        let set = set.or_else(|| self.file.ringcentral.server_url.clone());
        parse_server_url(set.as_deref().unwrap_or(SERVER_URL))
    }

    /// The server, the app's id and its secret, if it has one.
    fn app(&self) -> anyhow::Result<(Url, String, Option<SecretString>)> {
        let file = &self.file.ringcentral;
        let client_id = self.variable("RC_APP_CLIENT_ID").or_else(|| file.client_id.clone());
        let client_secret = self.secret(
            "RC_APP_CLIENT_SECRET",
            file.client_secret.as_ref(),
            file.client_secret_file.as_deref(),
            file.client_secret_command.as_deref(),
        )?;
        let server_url = self.server_url()?;
        let client_id = client_id.ok_or(ConfigError::Missing { name: "RC_APP_CLIENT_ID" })?;
        Ok((server_url, client_id, client_secret))
    }

    /// The JWT credential, if one is set.
    ///
    /// # Errors
    /// When it cannot be had from where it should be.
    pub fn jwt(&self) -> Result<Option<SecretString>, ConfigError> {
        let RingCentral { jwt, jwt_file, jwt_command, .. } = &self.file.ringcentral;
        self.secret("RC_USER_JWT", jwt.as_ref(), jwt_file.as_deref(), jwt_command.as_deref())
    }

    /// Where logins are kept.
    ///
    /// # Errors
    /// When there is no place for them.
    pub fn logins(&self) -> anyhow::Result<Logins> {
        let folder = self.variable("CALLBOOK_LOGINS").map(PathBuf::from);
        let named = || self.file.logins.folder.as_deref().map(|folder| self.beside(folder));
        let logins = match folder.or_else(named) {
            Some(folder) => Logins::at(folder),
            None => Logins::of_this_person()?,
        };
        let keyring = self.variable("CALLBOOK_KEYRING").map(|value| value != "0");
        Ok(logins.sealed(keyring.unwrap_or(self.file.logins.keyring)))
    }

    /// Who is told when something is wrong, and when it is.
    pub fn alerts(&self) -> &alerts::Settings {
        &self.file.alerts
    }

    /// How recordings are kept.
    pub fn recordings(&self) -> &recordings::Settings {
        &self.file.recordings
    }

    /// The place that recordings are kept at, if one is named.
    pub fn recordings_store(&self) -> Option<String> {
        self.place("CALLBOOK_RECORDINGS", self.file.recordings.store.as_deref())
    }

    /// The folder for recordings on their way, if one is named.
    pub fn recordings_spool(&self) -> Option<PathBuf> {
        self.file.recordings.spool.as_deref().map(|folder| self.beside(folder))
    }

    /// Env files of further users who fetch recordings.
    pub fn recording_users(&self) -> Vec<PathBuf> {
        self.file.recordings.users.iter().map(|path| self.beside(path)).collect()
    }

    /// The place of the lake, if one is named.
    pub fn lake_place(&self) -> Option<String> {
        self.place("CALLBOOK_LAKE", self.file.lake.folder.as_deref())
    }

    /// The folder of people's own reports, whether it is there or not.
    pub fn reports_folder(&self) -> PathBuf {
        let named = self.file.reports.folder.as_deref().unwrap_or(Path::new(REPORTS));
        self.variable("CALLBOOK_REPORTS").map_or_else(|| self.beside(named), PathBuf::from)
    }

    /// Reports that are sent by mail.
    pub fn deliveries(&self) -> &[Delivery] {
        &self.file.deliveries
    }

    /// Values of reports that somebody is told of.
    pub fn thresholds(&self) -> &[Threshold] {
        &self.file.thresholds
    }

    /// Who sees more than their own calls.
    pub fn access(&self) -> &[access::Rule] {
        &self.file.access
    }

    /// Days on which the company is closed.
    pub fn holidays(&self) -> &[Date] {
        &self.file.lake.holidays
    }

    /// The environment's variables, those of the env file last.
    pub fn variables(&self) -> Vec<(String, String)> {
        let environment = std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        });
        let file = self.env_file.iter();
        let file = file.map(|(name, value)| (name.clone(), value.expose_secret().to_owned()));
        environment.chain(file).collect()
    }

    fn variable(&self, name: &str) -> Option<String> {
        let value = self.env_file.get(name).map(|value| value.expose_secret().to_owned());
        let value = value.or_else(|| std::env::var(name).ok());
        value.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    /// A folder or bucket, by a variable or as the file of settings has it.
    fn place(&self, variable: &str, named: Option<&str>) -> Option<String> {
        let named = || {
            let place = named?;
            let is_url = place.contains("://");
            let beside = || self.beside(Path::new(place)).display().to_string();
            Some(if is_url { place.to_owned() } else { beside() })
        };
        self.variable(variable).or_else(named)
    }

    /// A path that the file of settings names: it counts from that file's folder.
    fn beside(&self, path: &Path) -> PathBuf {
        let folder = self.path.as_deref().and_then(Path::parent);
        folder.map_or_else(|| path.to_owned(), |folder| folder.join(path))
    }

    /// A secret: from the environment, the settings, a file of its own, or a command that prints it.
    fn secret(
        &self,
        name: &'static str,
        value: Option<&SecretString>,
        file: Option<&Path>,
        command: Option<&str>,
    ) -> Result<Option<SecretString>, ConfigError> {
        if let Some(secret) = self.variable(name) {
            return Ok(Some(secret.into()));
        }
        if let Some(value) = value {
            return Ok(Some(value.clone()));
        }
        if let Some(path) = file {
            return Ok(Some(read(&self.beside(path))?.trim().to_owned().into()));
        }
        let Some(command) = command else { return Ok(None) };
        let output = output_of(command, name)?;
        let secret = String::from_utf8(output).map_err(|_| ConfigError::Command { name })?;
        Ok(Some(secret.trim().to_owned().into()))
    }
}

fn read(path: &Path) -> Result<String, ConfigError> {
    let path = path.to_owned();
    std::fs::read_to_string(&path).map_err(|source| ConfigError::Unreadable { path, source })
}

fn read_file(path: &Path) -> Result<File, ConfigError> {
    let text = read(path)?;
    let file: File = toml::from_str(&text).map_err(|error| {
        // Neither the message nor the place repeats a value: it could be a secret.
        let offset = error.span().map_or(0, |span| span.start);
        let line = text[..offset.min(text.len())].lines().count().max(1);
        let message = without_value(error.message());
        ConfigError::Invalid { path: path.to_owned(), place: format!("line {line}"), message }
    })?;
    let twice = file.ringcentral.said_twice();
    let twice = twice.map(|name| format!("{name} is there in more than one way: keep one"));
    let fault = deliveries::fault(&file.deliveries, &file.thresholds);
    let (place, message) = match (twice, fault) {
        (None, None) => return Ok(file),
        (Some(message), _) => ("[ringcentral]", message),
        (None, Some(message)) => ("[[deliveries]] and [[thresholds]]", message),
    };
    Err(ConfigError::Invalid { path: path.to_owned(), place: place.to_owned(), message })
}

/// `invalid type: string "…", expected a table`, without the value.
fn without_value(message: &str) -> String {
    let (Some(kind), Some(end)) =
        (message.strip_prefix("invalid type: "), message.rfind(", expected "))
    else {
        return message.to_owned();
    };
    let kind = kind.split([' ', ',']).next().unwrap_or_default();
    format!("a value of another type, {kind}{}", &message[end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_in_the_debug_form() {
        let folder = tempfile::tempdir().unwrap();
        let (toml, env_file) = (folder.path().join("a.toml"), folder.path().join("an.env"));
        std::fs::write(&toml, "[ringcentral]\nclient_secret = 'CANARY'").unwrap();
        std::fs::write(&env_file, "RC_USER_JWT=CANARY").unwrap();
        let sources = Sources { database: None, config: Some(toml), env_file: Some(env_file) };
        let config = Config::load(&sources).unwrap();
        assert_eq!(config.variable("RC_USER_JWT").as_deref(), Some("CANARY"));
        let debug = format!("{config:?}");
        assert!(debug.contains("RC_USER_JWT") && !debug.contains("CANARY"), "{debug}");
    }
}
