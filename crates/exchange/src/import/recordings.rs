//! The recordings of a bundle.

use std::fs::File;
use std::path::{Component, Path, PathBuf};

use serde::Deserialize;

use crate::Error;
use crate::bundle::{FOLDER, RECORDINGS_INDEX as INDEX};

/// A recording whose content is in a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundledRecording {
    /// Its id.
    pub id: String,
    /// The file with its content.
    pub path: PathBuf,
    /// What the content's SHA-256 was when it was kept, hexadecimal.
    pub sha256: String,
}

#[derive(Deserialize)]
struct Row {
    recording_id: String,
    sha256: String,
    file: PathBuf,
}

/// The recordings with a content in a bundle that was opened before, and thereby checked; none, if it was written
/// without them, or is none.
///
/// An item is an error where their index cannot be read. A file outside of the bundle is never named.
pub fn bundled_recordings(
    bundle: &Path,
) -> impl Iterator<Item = Result<BundledRecording, Error>> + use<> {
    let (bundle, index) = (bundle.to_owned(), bundle.join(INDEX));
    let damaged = move || Error::Damaged { path: index.clone() };
    let reader = File::open(bundle.join(INDEX)).map(csv::Reader::from_reader);
    let rows = reader.into_iter().flat_map(csv::Reader::into_deserialize::<Row>);
    rows.filter_map(move |row| match row {
        Ok(row) if row.file.as_os_str().is_empty() => None,
        Ok(Row { recording_id: id, sha256, file }) if is_inside(&file) => {
            Some(Ok(BundledRecording { id, path: bundle.join(file), sha256 }))
        }
        _ => Some(Err(damaged())),
    })
}

fn is_inside(file: &Path) -> bool {
    file.starts_with(FOLDER) && file.components().all(|part| matches!(part, Component::Normal(_)))
}
