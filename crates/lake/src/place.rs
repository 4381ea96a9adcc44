//! Where a lake is: a folder, or a bucket.

use std::fs::File as DiskFile;
use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;

use futures_util::TryStreamExt as _;
use jiff::{SignedDuration, Timestamp};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _, PutPayload, WriteMultipart};
use tempfile::NamedTempFile;
use tokio::io::AsyncReadExt as _;
use url::Url;

use crate::Error;

/// What is longer goes up in parts of this size.
const PART: usize = 8 << 20;

/// Files that no manifest names are left for questions that began before: so long, and a little.
const KEPT: SignedDuration = SignedDuration::from_mins(30);

/// A folder or a bucket's prefix, for the files of one lake.
#[derive(Debug, Clone)]
pub struct Place {
    name: String,
    folder: Option<PathBuf>,
    pub(crate) store: Arc<dyn ObjectStore>,
    prefix: Path,
}

impl Place {
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
        Ok(Self { name, folder: Some(path), store: Arc::new(store), prefix: Path::default() })
    }

    /// A file to write to before it is published, where it can be published from without a copy.
    pub(crate) fn aside(&self) -> Result<NamedTempFile, Error> {
        let failed =
            |source| Error::Folder { path: self.folder.clone().unwrap_or_default(), source };
        match &self.folder {
            Some(folder) => NamedTempFile::with_prefix_in(".aside-", folder).map_err(failed),
            None => NamedTempFile::new().map_err(failed),
        }
    }

    /// Makes what was written aside the object of this name, whole and safe on the disk; how many bytes it is.
    pub(crate) async fn publish(&self, object: &str, aside: NamedTempFile) -> Result<u64, Error> {
        let bytes = aside.as_file().metadata().map_err(|source| self.unread(source))?.len();
        match &self.folder {
            Some(folder) => {
                let path = folder.join(object);
                let failed = |source| Error::Folder { path: path.clone(), source };
                let within = callbook_files::folder_of(&path);
                callbook_files::make_folder(within).map_err(failed)?;
                aside.as_file().sync_all().map_err(failed)?;
                aside.persist(&path).map_err(|error| failed(error.error))?;
                callbook_files::sync_folder(within).map_err(failed)?;
            }
            None => {
                let written = aside.reopen().map_err(|source| self.unread(source))?;
                self.upload(object, written).await?;
            }
        }
        Ok(bytes)
    }

    fn unread(&self, source: std::io::Error) -> Error {
        Error::Folder { path: std::env::temp_dir(), source }
    }

    async fn upload(&self, object: &str, file: DiskFile) -> Result<(), Error> {
        let failed = |source| self.failed(object, source);
        let mut file = tokio::fs::File::from_std(file);
        let upload = self.store.put_multipart(&self.path(object)).await.map_err(failed)?;
        let mut upload = WriteMultipart::new_with_chunk_size(upload, PART);
        let mut piece = vec![0; 256 << 10];
        loop {
            match file.read(&mut piece).await {
                Ok(0) => return upload.finish().await.map(drop).map_err(failed),
                Ok(read) => upload.write(&piece[..read]),
                Err(source) => {
                    let _ = upload.abort().await;
                    return Err(self.unread(source));
                }
            }
            upload.wait_for_capacity(2).await.map_err(failed)?;
        }
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
        if let Some(folder) = &self.folder {
            use std::io::Write as _;
            let mut aside = self.aside()?;
            let failed = |source| Error::Folder { path: folder.clone(), source };
            aside.write_all(&bytes).map_err(failed)?;
            return self.publish(object, aside).await.map(drop);
        }
        let put = self.store.put(&self.path(object), PutPayload::from(bytes)).await;
        put.map(drop).map_err(|source| self.failed(object, source))
    }

    /// Removes the Parquet files below a folder that are not wanted, and have not been for a while.
    pub(crate) async fn sweep(
        &self,
        below: &str,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<u64, Error> {
        let failed = |source| self.failed(below, source);
        let now = Timestamp::now();
        let mut found = self.store.list(Some(&self.path(below)));
        let mut old = Vec::new();
        while let Some(object) = found.try_next().await.map_err(failed)? {
            let written = Timestamp::from_millisecond(object.last_modified.timestamp_millis());
            let is_old = written.is_ok_and(|at| now.duration_since(at) > KEPT);
            let path = object.location.to_string();
            let path =
                path.strip_prefix(self.prefix.as_ref()).unwrap_or(&path).trim_start_matches('/');
            if is_old && path.ends_with(".parquet") && !wanted(path) {
                old.push(object.location);
            }
        }
        for location in &old {
            self.store.delete(location).await.map_err(failed)?;
        }
        Ok(old.len() as u64)
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
            None => format!("{}/{object}", self.name.trim_end_matches('/')),
        }
    }

    fn failed(&self, object: &str, source: object_store::Error) -> Error {
        Error::Object { object: object.to_owned(), place: self.name.clone(), source }
    }
}
