//! Files for their owner alone.

use std::path::{Path, PathBuf};

/// A file that could not be written.
#[derive(Debug, thiserror::Error)]
pub enum PrivateFileError {
    /// It was there already, and stays as it is.
    #[error("{} is there already", .0.display())]
    Exists(PathBuf),
    /// Anything else.
    #[error("cannot write {}", path.display())]
    Unwritable {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// Writes a file whole or not at all, with mode 0600; in the place of another one only if `replace`.
///
/// # Errors
/// When there is one already, or the folder cannot be written.
pub fn write(path: &Path, text: &str, replace: bool) -> Result<(), PrivateFileError> {
    let written = callbook_files::write(path, text, replace);
    written.map_err(|source| match source.kind() {
        std::io::ErrorKind::AlreadyExists => PrivateFileError::Exists(path.to_owned()),
        _ => PrivateFileError::Unwritable { path: path.to_owned(), source },
    })
}
