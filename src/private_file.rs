//! Files for their owner alone.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

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
    let written = write_beside(path, text, replace);
    written.map_err(|source| match source.kind() {
        std::io::ErrorKind::AlreadyExists => PrivateFileError::Exists(path.to_owned()),
        _ => PrivateFileError::Unwritable { path: path.to_owned(), source },
    })
}

/// The folder that a file is in.
pub fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn write_beside(path: &Path, text: &str, replace: bool) -> std::io::Result<()> {
    let folder = folder(path);
    // A temporary file is made with mode 0600, and keeps it when it is renamed.
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    match replace {
        true => file.persist(path)?,
        false => file.persist_noclobber(path)?,
    };
    // The rename itself is only on disk once the folder is.
    File::open(folder)?.sync_all()
}
