//! The credentials of registered accounts: where they are kept, never what they are.

use std::collections::HashMap;
use std::path::Path;
use std::process::Command;

use callbook_login::{LoginFile, Logins};
use callbook_ringcentral::{Connection, Credential, Error as Upstream, parse_server_url};
use callbook_store::{Registration, Settings};
use callbook_sync::Connect;
use secrecy::{ExposeSecret as _, SecretString};

use crate::config::ConfigError;

/// `NAME=value` lines, as an env file has them. Some are secrets, and none is told from the others.
pub type Variables = HashMap<String, SecretString>;

/// Reads the lines of an env file.
///
/// # Errors
/// When it cannot be read or has other lines.
pub fn read_env_file(path: &Path) -> Result<Variables, ConfigError> {
    let unreadable = |source| ConfigError::Unreadable { path: path.to_owned(), source };
    let text = std::fs::read(path).map_err(unreadable)?;
    parse(&text).ok_or_else(|| ConfigError::InvalidEnvFile { path: path.to_owned() })
}

fn parse(text: &[u8]) -> Option<Variables> {
    let lines = dotenvy::from_read_iter(text);
    lines.map(|line| line.map(|(name, value)| (name, value.into())).ok()).collect()
}

/// Runs a command for what it prints.
///
/// # Errors
/// When it cannot be run or fails; what it printed is not repeated.
pub fn output_of(command: &str, name: &'static str) -> Result<Vec<u8>, ConfigError> {
    let output = Command::new("sh").args(["-c", command]).output();
    let output = output.ok().filter(|output| output.status.success());
    Ok(output.ok_or(ConfigError::Command { name })?.stdout)
}

/// Credentials that a registration refers to: `file:/absolute/path` of an env file, or
/// `command:…` that prints such lines.
///
/// # Errors
/// When they cannot be had.
pub fn resolve(reference: &str) -> Result<Variables, ConfigError> {
    match reference.split_once(':') {
        Some(("command", command)) => {
            let name = "the account's credentials";
            parse(&output_of(command, name)?).ok_or(ConfigError::Command { name })
        }
        _ => read_env_file(Path::new(reference.strip_prefix("file:").unwrap_or(reference))),
    }
}

/// Where and as whom to sign in, by these variables: without a JWT, with what `callbook login` has kept.
///
/// # Errors
/// When one is missing, the address cannot be right, or nobody is signed in.
pub fn connection(
    variables: &Variables,
    server_url: &str,
    logins: &Logins,
) -> anyhow::Result<Connection> {
    let value = |name: &'static str| {
        let value = variables.get(name).map(|value| value.expose_secret().trim().to_owned());
        value.filter(|value| !value.is_empty())
    };
    let name = "RC_APP_CLIENT_ID";
    let client_id = value(name).ok_or(ConfigError::Missing { name })?;
    let server_url = parse_server_url(server_url)?;
    let client_secret = value("RC_APP_CLIENT_SECRET").map(Into::into);
    if let Some(jwt) = value("RC_USER_JWT") {
        let credential = Credential::Jwt(jwt.into());
        return Ok(Connection { server_url, client_id, client_secret, credential });
    }
    let login = logins.login(&server_url, &client_id, value("CALLBOOK_LOGIN").as_deref());
    let credential = Credential::Stored(login.clone());
    signed_in(Connection { server_url, client_id, client_secret, credential }, &login)
}

/// The connection, if its login is there: better said now than when something has begun.
///
/// # Errors
/// When nobody is signed in.
pub fn signed_in(connection: Connection, login: &LoginFile) -> anyhow::Result<Connection> {
    if login.exists()? { Ok(connection) } else { Err(Upstream::NotSignedIn.into()) }
}

/// Signs in as registrations say.
#[derive(Debug)]
pub struct ByReference {
    /// Those without a JWT are among these.
    pub logins: Logins,
}

impl Connect for ByReference {
    fn connect(
        &self,
        registration: &Registration,
    ) -> Result<Connection, Box<dyn std::error::Error + Send + Sync>> {
        let Settings { credentials, server_url, .. } = &registration.settings;
        Ok(connection(&resolve(credentials)?, server_url, &self.logins)?)
    }
}
