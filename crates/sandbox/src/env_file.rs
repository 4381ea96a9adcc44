//! The env file: where to connect and with what.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use tempfile::NamedTempFile;

use crate::credentials::Credentials;
use crate::error::Error;

/// Writes the file whole or not at all, readable by its owner alone.
pub(crate) fn write(path: &Path, server_url: &str, credentials: &Credentials) -> Result<(), Error> {
    replace(path, &text(server_url, credentials))
        .map_err(|source| Error::EnvFile { path: path.to_owned(), source })
}

fn text(server_url: &str, credentials: &Credentials) -> String {
    let variables = credentials.variables(server_url);
    variables.iter().map(|(name, value)| format!("{name}={value}\n")).collect()
}

fn replace(path: &Path, text: &str) -> io::Result<()> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    // A temporary file is made with mode 0600, and keeps it when it is renamed.
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    // The rename itself is only on disk once the folder is.
    File::open(folder)?.sync_all()
}
