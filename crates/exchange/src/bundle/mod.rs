//! Bundles: a folder with everything about some calls, that can be checked without Callbook.

mod folder;
mod manifest;
mod recordings;

use std::io::Write;
use std::path::Path;

use callbook_store::{Account, CallFilter, Store};
use flate2::Compression;
use flate2::write::GzEncoder;

use self::folder::Folder;
use self::manifest::Manifest;
pub use self::recordings::{Contents, Recorded};
pub(crate) use self::recordings::{FOLDER, INDEX as RECORDINGS_INDEX};
use crate::{Calls, Error, Exported, Format, Notice, Query, Source, View};
use crate::{write_calls, write_versions};

/// Sums of all other files, for `sha256sum -c`.
pub(crate) const SUMS: &str = "SHA256SUMS";
/// The file that an equal archive can be made from.
pub(crate) const VERSIONS: &str = "versions.jsonl.gz";
const CALLS: &str = "calls.jsonl.gz";
const INDEX: &str = "index.csv";
pub(crate) const MANIFEST: &str = "manifest.json";
/// The form of bundles that this is.
pub(crate) const FORMAT: u32 = 1;
const READ_ME: &str = "README.txt";

/// What was put into a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bundled {
    /// Calls.
    pub calls: Exported,
    /// Every version of them.
    pub versions: Exported,
    /// Their recordings, if they were to be there.
    pub recordings: Option<Recorded>,
}

/// Writes a bundle of the calls that a filter finds to a folder that is not there yet, with their recordings, if it is
/// said where those are. It appears once it is whole and safe on the disk.
///
/// # Errors
/// When there is something already, the archive cannot be read, or the folder not be written.
pub async fn write_bundle(
    store: &Store,
    account: &Account,
    filter: &CallFilter,
    path: &Path,
    contents: Option<&impl Contents>,
    notice: &mut impl FnMut(Notice<'_>),
) -> Result<Bundled, Error> {
    // Deleted calls belong to a record of what happened.
    let filter = CallFilter { deleted: true, ..filter.clone() };
    let mut bundle = Bundle { store, account, filter, folder: Folder::new(path)? };
    let versions = bundle.versions(notice).await?;
    let calls = bundle.calls().await?;
    bundle.index().await?;
    let recordings = match contents {
        Some(contents) => Some(bundle.recordings(contents).await?),
        None => None,
    };
    let bundled = Bundled { calls, versions, recordings };
    let manifest = Manifest::new(store, account, &bundle.filter, bundled).await?;
    let manifest = serde_json::to_string_pretty(&manifest).map_err(std::io::Error::from)?;
    bundle.text(MANIFEST, &format!("{manifest}\n"))?;
    bundle.text(READ_ME, include_str!("README.txt"))?;
    bundle.folder.finish()?;
    Ok(bundled)
}

/// A bundle on its way.
struct Bundle<'a> {
    store: &'a Store,
    account: &'a Account,
    filter: CallFilter,
    folder: Folder,
}

impl Bundle<'_> {
    async fn versions(&mut self, notice: &mut impl FnMut(Notice<'_>)) -> Result<Exported, Error> {
        let out = self.folder.file(VERSIONS)?;
        let mut packed = GzEncoder::new(out, Compression::default());
        let (store, account, filter) = (self.store, self.account, &self.filter);
        let exported = write_versions(store, account, filter, &mut packed, notice).await?;
        self.folder.close(VERSIONS, packed.finish()?)?;
        Ok(exported)
    }

    async fn calls(&mut self) -> Result<Exported, Error> {
        let out = self.folder.file(CALLS)?;
        let packed = GzEncoder::new(out, Compression::default());
        let (packed, exported) = self.write(Format::Jsonl, packed).await?;
        self.folder.close(CALLS, packed.finish()?)?;
        Ok(exported)
    }

    async fn index(&mut self) -> Result<(), Error> {
        let out = self.folder.file(INDEX)?;
        let (out, _) = self.write(Format::Csv { byte_order_mark: false }, out).await?;
        self.folder.close(INDEX, out).map(drop)
    }

    async fn write<W: Write + Send>(&self, format: Format, out: W) -> Result<(W, Exported), Error> {
        let (filter, sources, view) = (self.filter.clone(), Source::All, View::Detailed);
        let query = Query { filter, sources, view, limit: u32::MAX };
        let calls = Calls::new(self.store, self.account.key, query).await?;
        // The versions have said already which calls are damaged.
        write_calls(self.store, self.account, calls, format, out, &mut |_| ()).await
    }

    fn text(&mut self, name: &str, text: &str) -> Result<(), Error> {
        let mut out = self.folder.file(name)?;
        out.write_all(text.as_bytes())?;
        self.folder.close(name, out).map(drop)
    }
}
