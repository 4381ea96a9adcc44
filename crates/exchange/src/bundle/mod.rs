//! Bundles: a folder with everything about some calls, that can be checked without Callbook.

mod folder;
mod manifest;

use std::io::Write as _;
use std::path::Path;

use callbook_store::{Account, CallFilter, Store};
use flate2::Compression;
use flate2::write::GzEncoder;

use self::folder::Folder;
use self::manifest::Manifest;
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
}

/// Writes a bundle of the calls that a filter finds to a folder that is not there yet. It appears once it is
/// whole and safe on the disk.
///
/// # Errors
/// When there is something already, the archive cannot be read, or the folder not be written.
pub async fn write_bundle(
    store: &Store,
    account: &Account,
    filter: &CallFilter,
    path: &Path,
    notice: &mut impl FnMut(Notice<'_>),
) -> Result<Bundled, Error> {
    let mut folder = Folder::new(path)?;
    // Deleted calls belong to a record of what happened.
    let filter = CallFilter { deleted: true, ..filter.clone() };
    let mut out = folder.file(VERSIONS)?;
    let mut packed = GzEncoder::new(&mut out, Compression::default());
    let versions = write_versions(store, account, &filter, &mut packed, notice).await?;
    packed.finish()?;
    folder.close(VERSIONS, out)?;

    let query = |filter: &CallFilter| {
        let (filter, sources, view) = (filter.clone(), Source::All, View::Detailed);
        Query { filter, sources, view, limit: u32::MAX }
    };
    let found = Calls::new(store, account.key, query(&filter)).await?;
    let mut out = folder.file(CALLS)?;
    let packed = GzEncoder::new(&mut out, Compression::default());
    // The versions have said already which calls are damaged.
    let silent = &mut |_: Notice<'_>| ();
    let (packed, calls) = write_calls(store, account, found, Format::Jsonl, packed, silent).await?;
    packed.finish()?;
    folder.close(CALLS, out)?;

    let found = Calls::new(store, account.key, query(&filter)).await?;
    let (format, out) = (Format::Csv { byte_order_mark: false }, folder.file(INDEX)?);
    let (out, _) = write_calls(store, account, found, format, out, silent).await?;
    folder.close(INDEX, out)?;

    let bundled = Bundled { calls, versions };
    let manifest = Manifest::new(store, account, &filter, bundled).await?;
    let mut out = folder.file(MANIFEST)?;
    serde_json::to_writer_pretty(&mut out, &manifest).map_err(std::io::Error::from)?;
    out.write_all(b"\n")?;
    folder.close(MANIFEST, out)?;
    let mut out = folder.file(READ_ME)?;
    out.write_all(include_bytes!("README.txt"))?;
    folder.close(READ_ME, out)?;
    folder.finish()?;
    Ok(bundled)
}
