//! Where a lake is: a folder, or a bucket.

use std::fmt;
use std::io::Write as _;
use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;

use callbook_files::{Address, OddAddress, bucket_options};
use futures_util::TryStreamExt as _;
use jiff::{SignedDuration, Timestamp};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _, PutPayload, WriteMultipart};
use tempfile::NamedTempFile;
use tokio::io::AsyncReadExt as _;
use url::Url;

use crate::manifest::File;
use crate::{Error, crash};

/// What is longer goes up in parts of this size.
const PART: usize = 8 << 20;

/// How names of files begin that are being written in a lake's folder.
const ASIDE: &str = ".aside-";

/// Questions end within this, and a little.
const KEPT: SignedDuration = SignedDuration::from_mins(30);

/// A folder or a bucket's prefix, for the files of one lake.
#[derive(Debug, Clone)]
pub struct Place {
    name: String,
    /// Where it is, if it is a folder.
    folder: Option<PathBuf>,
    pub(crate) store: Arc<dyn ObjectStore>,
    prefix: Path,
    /// So long files are left for questions that began before they were out of date.
    pub(crate) kept: SignedDuration,
}

impl Place {
    /// A folder's path, or `s3://BUCKET/PREFIX`, `gs://…`, `az://…`, whose credentials and other settings come as
    /// these variables: `AWS_ACCESS_KEY_ID`, `AWS_ENDPOINT`, `GOOGLE_SERVICE_ACCOUNT`, `AZURE_STORAGE_ACCOUNT_NAME`
    /// and so on.
    ///
    /// # Errors
    /// When the text names no place, or the folder cannot be made.
    pub fn open(
        text: &str,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, Error> {
        match text.parse().map_err(|OddAddress { place }| Error::OddPlace { place })? {
            Address::Folder(path) => Self::folder(&path),
            Address::Bucket(url) => {
                let options = bucket_options(variables);
                let (store, prefix) = object_store::parse_url_opts(&url, options)
                    .map_err(|source| Error::Place { place: text.to_owned(), source })?;
                let name = text.trim_end_matches('/').to_owned();
                Ok(Self { name, folder: None, store: Arc::from(store), prefix, kept: KEPT })
            }
        }
    }

    /// A folder, made if it is not there, for its owner only.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn folder(path: &FilePath) -> Result<Self, Error> {
        let failed = |source| Error::Folder { path: path.to_owned(), source };
        callbook_files::make_folder(path).map_err(failed)?;
        let path = path.canonicalize().map_err(failed)?;
        let name = path.display().to_string();
        let store = LocalFileSystem::new_with_prefix(&path).map_err(|source| Error::Object {
            object: String::new(),
            place: name.clone(),
            source,
        })?;
        let (folder, store) = (Some(path), Arc::new(store));
        Ok(Self { name, folder, store, prefix: Path::default(), kept: KEPT })
    }

    pub(crate) fn is_bucket(&self) -> bool {
        self.folder.is_none()
    }

    /// Whether a file is there, as long as it was written; of a bucket that is taken for granted.
    pub(crate) fn is_whole(&self, file: &File) -> bool {
        let Some(folder) = &self.folder else { return true };
        folder.join(&file.path).metadata().is_ok_and(|there| there.len() == file.bytes)
    }

    /// The same, where files that nobody needs any more are left for so long.
    #[must_use]
    pub fn keeping_for(self, kept: SignedDuration) -> Self {
        Self { kept, ..self }
    }

    /// A file to write to before it is published, where it can be published from without a copy.
    pub(crate) fn aside(&self) -> Result<NamedTempFile, Error> {
        match &self.folder {
            Some(folder) => NamedTempFile::with_prefix_in(ASIDE, folder)
                .map_err(|source| Error::Folder { path: folder.clone(), source }),
            None => NamedTempFile::new().map_err(unread),
        }
    }

    /// Makes what was written aside the object of this name, whole and safe on the disk; how many bytes it is.
    pub(crate) async fn publish(&self, object: &str, aside: NamedTempFile) -> Result<u64, Error> {
        let bytes = aside.as_file().metadata().map_err(unread)?.len();
        crash::point(crash::WRITTEN);
        match &self.folder {
            Some(folder) => rename(aside, &folder.join(object))?,
            None => self.upload(object, aside, bytes).await?,
        }
        crash::point(crash::PUBLISHED);
        Ok(bytes)
    }

    /// Whether a short object has the bytes of a file.
    pub(crate) async fn has(&self, object: &str, file: &FilePath) -> Result<bool, Error> {
        let bytes = std::fs::read(file).map_err(unread)?;
        Ok(self.read(object).await?.is_some_and(|there| there == bytes))
    }

    async fn upload(&self, object: &str, aside: NamedTempFile, bytes: u64) -> Result<(), Error> {
        let failed = |source| self.failed(object, source);
        if bytes <= PART as u64 {
            let content = std::fs::read(aside.path()).map_err(unread)?;
            return self.put(object, content).await;
        }
        let mut file = tokio::fs::File::from_std(aside.reopen().map_err(unread)?);
        let upload = self.store.put_multipart(&self.path(object)).await.map_err(failed)?;
        let mut upload = WriteMultipart::new_with_chunk_size(upload, PART);
        let mut piece = vec![0; 256 << 10];
        loop {
            match file.read(&mut piece).await {
                Ok(0) => return upload.finish().await.map(drop).map_err(failed),
                Ok(read) => upload.write(&piece[..read]),
                Err(source) => {
                    let _ = upload.abort().await;
                    return Err(unread(source));
                }
            }
            upload.wait_for_capacity(2).await.map_err(failed)?;
        }
    }

    async fn put(&self, object: &str, content: Vec<u8>) -> Result<(), Error> {
        let put = self.store.put(&self.path(object), PutPayload::from(content)).await;
        put.map(drop).map_err(|source| self.failed(object, source))
    }

    /// An object's bytes; `None` if it is not there.
    pub(crate) async fn read(&self, object: &str) -> Result<Option<Vec<u8>>, Error> {
        let failed = |source| self.failed(object, source);
        match self.store.get(&self.path(object)).await {
            Ok(found) => Ok(Some(found.bytes().await.map_err(failed)?.to_vec())),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(source) => Err(failed(source)),
        }
    }

    /// Writes a short object, in the place of the one that is there.
    pub(crate) async fn write(&self, object: &str, bytes: Vec<u8>) -> Result<(), Error> {
        let Some(folder) = &self.folder else { return self.put(object, bytes).await };
        let mut aside = self.aside()?;
        let failed = |source| Error::Folder { path: folder.clone(), source };
        aside.write_all(&bytes).map_err(failed)?;
        self.publish(object, aside).await.map(drop)
    }

    /// Removes the Parquet files below a folder that are not wanted, and what a killed process was writing, if they
    /// have not been touched for a while.
    pub(crate) async fn sweep(
        &self,
        below: &str,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<(), Error> {
        let failed = |source| self.failed(below, source);
        let now = Timestamp::now();
        let is_old = |at: Timestamp| now.duration_since(at) > self.kept;
        let mut found = self.store.list(Some(&self.path(below)));
        let mut old = Vec::new();
        while let Some(object) = found.try_next().await.map_err(failed)? {
            let written = Timestamp::from_millisecond(object.last_modified.timestamp_millis());
            let is_old = written.is_ok_and(is_old);
            let path = object.location.to_string();
            let path =
                path.strip_prefix(self.prefix.as_ref()).unwrap_or(&path).trim_start_matches('/');
            if is_old && path.ends_with(".parquet") && !wanted(path) {
                old.push(object.location);
            }
        }
        for location in &old {
            self.store.delete(location).await.map_err(failed)?;
            crash::point(crash::SWEEPING);
        }
        if let Some(folder) = &self.folder {
            let failed = |source| Error::Folder { path: folder.clone(), source };
            remove_aside(folder, is_old).map_err(failed)?;
        }
        Ok(())
    }

    /// The object's path within the store.
    pub(crate) fn path(&self, object: &str) -> Path {
        self.prefix.parts().chain(Path::from(object).parts()).collect()
    }

    /// What DataFusion calls the object.
    pub(crate) fn url(&self, object: &str) -> String {
        format!("{}{}", self.root(), self.path(object))
    }

    /// What DataFusion calls the store.
    pub(crate) fn root(&self) -> Url {
        Url::parse("lake://files/").expect("a URL")
    }

    /// Where outside readers find the object.
    pub fn outside(&self, object: &str) -> String {
        match &self.folder {
            Some(folder) => folder.join(object).display().to_string(),
            None => format!("{}/{object}", self.name),
        }
    }

    fn failed(&self, object: &str, source: object_store::Error) -> Error {
        Error::Object { object: object.to_owned(), place: self.name.clone(), source }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.name.fmt(f)
    }
}

/// Gives a file its name, safe on the disk.
fn rename(aside: NamedTempFile, path: &FilePath) -> Result<(), Error> {
    let failed = |source| Error::Folder { path: path.to_owned(), source };
    let within = callbook_files::folder_of(path);
    callbook_files::make_folder(within).map_err(failed)?;
    aside.as_file().sync_all().map_err(failed)?;
    aside.persist(path).map_err(|error| failed(error.error))?;
    callbook_files::sync_folder(within).map_err(failed)
}

/// What was written to the system's folder for passing files fails to be read.
fn unread(source: std::io::Error) -> Error {
    Error::Folder { path: std::env::temp_dir(), source }
}

fn remove_aside(folder: &FilePath, is_old: impl Fn(Timestamp) -> bool) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let is_aside = entry.file_name().as_encoded_bytes().starts_with(ASIDE.as_bytes());
        // One that is renamed just now is nobody's business here.
        let Ok(written) = entry.metadata().and_then(|of| of.modified()) else { continue };
        if is_aside && Timestamp::try_from(written).is_ok_and(&is_old) {
            match std::fs::remove_file(entry.path()) {
                // Another account's update was first.
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
    }
    Ok(())
}
