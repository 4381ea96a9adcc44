//! What settings are made of.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use callbook_ringcentral::{ConnectionError, parse_server_url};
use callbook_store::{Location, LocationError};
use secrecy::SecretString;

use super::Given;
use crate::config::{DATABASE, SERVER_URL};
use crate::failure::Usage;

/// What goes into the file.
pub(super) struct Answers {
    pub server_url: String,
    pub client_id: String,
    pub client_secret: Secret,
    pub jwt: Secret,
    pub database: String,
}

/// Where a secret is.
pub(super) enum Secret {
    /// Nowhere yet: the environment may have it.
    Unset,
    /// To be written into a file of its own.
    Typed(SecretString),
    /// None is needed.
    Browser,
    File(PathBuf),
    Command(String),
}

impl Secret {
    fn file(path: Option<&PathBuf>, folder: &Path) -> anyhow::Result<Self> {
        let Some(path) = path else { return Ok(Self::Unset) };
        if path.exists() && !path.is_file() {
            let message = format!("{} is no file that stays where it is", path.display());
            return Err(Usage { message, hint: "name a file, readable for its owner alone" }.into());
        }
        // It is looked for beside the settings, whatever the current folder is.
        let path = std::path::absolute(path).context("cannot find the current folder")?;
        Ok(Self::File(path.strip_prefix(folder).map_or_else(|_| path.clone(), Path::to_owned)))
    }
}

impl Answers {
    /// As flags say; settings will be in `folder`.
    pub(super) fn given(given: &Given, folder: &Path) -> anyhow::Result<Self> {
        let server_url = given.server_url.clone().unwrap_or_else(|| SERVER_URL.to_owned());
        let database = given.database.clone().unwrap_or_else(|| DATABASE.to_owned());
        check_server_url(&server_url)?;
        check_database(&database)?;
        let jwt = match &given.jwt_command {
            Some(command) => Secret::Command(command.clone()),
            None => Secret::file(given.jwt_file.as_ref(), folder)?,
        };
        let client_secret = Secret::file(given.client_secret_file.as_ref(), folder)?;
        let client_id = given.client_id.clone().unwrap_or_default();
        Ok(Self { server_url, client_id, client_secret, jwt, database })
    }
}

pub(super) fn check_server_url(text: &str) -> Result<(), ConnectionError> {
    parse_server_url(text).map(drop)
}

pub(super) fn check_database(text: &str) -> Result<(), LocationError> {
    text.parse::<Location>().map(drop)
}
