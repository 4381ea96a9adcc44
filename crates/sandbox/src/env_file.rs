//! The env file: where to connect and with what.

use std::path::Path;

use crate::credentials::Credentials;
use crate::error::Error;

/// Writes the file whole or not at all, readable by its owner alone.
pub(crate) fn write(path: &Path, server_url: &str, credentials: &Credentials) -> Result<(), Error> {
    callbook_files::write(path, &text(server_url, credentials), true)
        .map_err(|source| Error::EnvFile { path: path.to_owned(), source })
}

fn text(server_url: &str, credentials: &Credentials) -> String {
    let variables = credentials.variables(server_url);
    variables.iter().map(|(name, value)| format!("{name}={value}\n")).collect()
}
