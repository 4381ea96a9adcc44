//! Where recordings are kept: a folder, or a bucket of S3, Google Cloud or Azure.

use std::fmt;
use std::io::Write;
use std::ops::Range;
use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use callbook_files::{Address, OddAddress, bucket_options};
use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{
    GetOptions, GetRange, ObjectStore, ObjectStoreExt as _, PutMode, PutOptions, PutPayload,
    WriteMultipart,
};
use sha2::{Digest as _, Sha256};
use tokio::fs::File;
use tokio::io::AsyncReadExt as _;
use url::Url;

use crate::Error;
use crate::hash::{Hash, hex};

/// What is longer goes to a bucket in parts of this size, so that memory stays flat; smaller ones some refuse.
const PART: usize = 8 << 20;

/// The same for a folder.
const FOLDER_PART: usize = 1 << 20;

/// Content is read in pieces of this size.
const PIECE: usize = 256 << 10;

/// A place for recordings.
#[derive(Debug, Clone)]
pub struct Place {
    name: String,
    /// Where it is, if it is a folder.
    folder: Option<PathBuf>,
    store: Arc<dyn ObjectStore>,
    prefix: Path,
}

impl Place {
    /// A folder's path, or `s3://BUCKET/PREFIX`, `gs://…`, `az://…`, whose credentials and other settings come as
    /// these variables: `AWS_ACCESS_KEY_ID`, `AWS_ENDPOINT`, `GOOGLE_SERVICE_ACCOUNT`, `AZURE_STORAGE_ACCOUNT_NAME`
    /// and so on. A folder is made if it is not there, for its owner only.
    ///
    /// # Errors
    /// When the text names no place, or the folder cannot be made.
    pub fn open(
        text: &str,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, Error> {
        match text.parse().map_err(|OddAddress { place }| Error::OddPlace { place })? {
            Address::Folder(path) => Self::folder(&path),
            Address::Bucket(url) => Self::bucket(text, &url, variables),
        }
    }

    fn folder(path: &FilePath) -> Result<Self, Error> {
        let failed = |source| Error::Folder { path: path.to_owned(), source };
        callbook_files::make_folder(path).map_err(failed)?;
        let store = LocalFileSystem::new_with_prefix(path)
            .map_err(|source| Error::Place { place: path.display().to_string(), source })?
            .with_fsync(true);
        let name = path.display().to_string();
        let (folder, store) = (Some(path.to_owned()), Arc::new(store));
        Ok(Self { name, folder, store, prefix: Path::default() })
    }

    fn bucket(
        text: &str,
        url: &Url,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, Error> {
        let (store, prefix) = object_store::parse_url_opts(url, bucket_options(variables))
            .map_err(|source| Error::Place { place: text.to_owned(), source })?;
        Ok(Self { name: text.to_owned(), folder: None, store: Arc::from(store), prefix })
    }

    /// Puts a file there, unless the object is there already; what is there already must be the same.
    ///
    /// # Errors
    /// [`Error::OtherObject`] when it is not, or when the file or the place fail.
    pub async fn put(&self, object: &str, file: &mut File, hash: &Hash) -> Result<(), Error> {
        let failed = |source| self.failed(object, source);
        let path = self.path(object);
        self.remove_staged(object);
        if hash.bytes > self.part() as u64 {
            return match self.has(object).await? {
                true => self.must_be(object, hash).await,
                false => self.put_parts(object, file).await,
            };
        }
        let mut content = Vec::with_capacity(hash.bytes as usize);
        file.read_to_end(&mut content).await.map_err(Error::Spool)?;
        let options = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
        match self.store.put_opts(&path, PutPayload::from(content), options).await {
            Ok(_) => Ok(()),
            Err(object_store::Error::AlreadyExists { .. }) => self.must_be(object, hash).await,
            Err(source) => Err(failed(source)),
        }
    }

    /// A process that is killed while it writes to a folder leaves a file beside the object's, by its name, `#`, and a
    /// number. Whoever is to put the object there comes by again.
    fn remove_staged(&self, object: &str) {
        let Some(folder) = &self.folder else { return };
        let staged = |number| folder.join(format!("{object}#{number}"));
        let mut numbers = 1u32..;
        while numbers.next().is_some_and(|number| std::fs::remove_file(staged(number)).is_ok()) {}
    }

    async fn put_parts(&self, object: &str, file: &mut File) -> Result<(), Error> {
        let failed = |source| self.failed(object, source);
        let upload = self.store.put_multipart(&self.path(object)).await.map_err(failed)?;
        let mut upload = WriteMultipart::new_with_chunk_size(upload, self.part());
        loop {
            let mut piece = BytesMut::with_capacity(PIECE);
            let read = file.read_buf(&mut piece).await;
            match read {
                Ok(0) => return upload.finish().await.map(drop).map_err(failed),
                Ok(_) => {}
                Err(error) => {
                    let _ = upload.abort().await;
                    return Err(Error::Spool(error));
                }
            }
            upload.wait_for_capacity(1).await.map_err(failed)?;
            upload.put(piece.freeze());
        }
    }

    fn part(&self) -> usize {
        if self.folder.is_some() { FOLDER_PART } else { PART }
    }

    async fn must_be(&self, object: &str, hash: &Hash) -> Result<(), Error> {
        let found = self.hash(object).await?;
        if found.as_ref() == Some(hash) {
            Ok(())
        } else {
            Err(Error::OtherObject { object: object.to_owned() })
        }
    }

    /// Whether an object is there.
    ///
    /// # Errors
    /// When the place cannot be asked.
    pub async fn has(&self, object: &str) -> Result<bool, Error> {
        match self.store.head(&self.path(object)).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(source) => Err(self.failed(object, source)),
        }
    }

    /// Length and SHA-256 of an object; `None` if it is not there.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn hash(&self, object: &str) -> Result<Option<Hash>, Error> {
        let (mut digest, mut bytes) = (Sha256::new(), 0);
        let Some(mut content) = self.content(object).await? else { return Ok(None) };
        while let Some(piece) = content.next().await {
            let piece = piece.map_err(|source| self.failed(object, source))?;
            digest.update(&piece);
            bytes += piece.len() as u64;
        }
        Ok(Some(Hash { bytes, sha256: hex(&digest.finalize()) }))
    }

    /// Writes an object's content; how many bytes, `None` if it is not there.
    ///
    /// # Errors
    /// When it cannot be read or written.
    pub async fn write_to(
        &self,
        object: &str,
        out: &mut (dyn Write + Send),
    ) -> Result<Option<u64>, Error> {
        let Some(mut content) = self.content(object).await? else { return Ok(None) };
        let mut bytes = 0;
        while let Some(piece) = content.next().await {
            let piece = piece.map_err(|source| self.failed(object, source))?;
            out.write_all(&piece).map_err(Error::Write)?;
            bytes += piece.len() as u64;
        }
        out.flush().map_err(Error::Write)?;
        Ok(Some(bytes))
    }

    /// Copies an object to another place, unless it is there; `false` if it is not here.
    ///
    /// # Errors
    /// When it cannot be read or written, or another content is there.
    pub async fn copy_to(&self, other: &Self, object: &str) -> Result<bool, Error> {
        let mut file = tempfile::tempfile().map_err(Error::Spool)?;
        if self.write_to(object, &mut file).await?.is_none() {
            return Ok(false);
        }
        std::io::Seek::rewind(&mut file).map_err(Error::Spool)?;
        let hash = Hash::of(&file).map_err(Error::Spool)?;
        std::io::Seek::rewind(&mut file).map_err(Error::Spool)?;
        other.put(object, &mut File::from_std(file), &hash).await?;
        Ok(true)
    }

    async fn content(
        &self,
        object: &str,
    ) -> Result<Option<BoxStream<'static, object_store::Result<Bytes>>>, Error> {
        match self.store.get(&self.path(object)).await {
            Ok(found) => Ok(Some(found.into_stream())),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(source) => Err(self.failed(object, source)),
        }
    }

    /// A range of an object's bytes, which lies within it, piece by piece.
    ///
    /// # Errors
    /// When it is not there, or cannot be read.
    pub async fn range(
        &self,
        object: &str,
        range: Range<u64>,
    ) -> Result<BoxStream<'static, Result<Bytes, Error>>, Error> {
        let options = GetOptions { range: Some(GetRange::Bounded(range)), ..GetOptions::default() };
        let found = self.store.get_opts(&self.path(object), options).await;
        let content = found.map_err(|source| self.failed(object, source))?.into_stream();
        let (object, place) = (object.to_owned(), self.name.clone());
        let failed =
            move |source| Error::Object { object: object.clone(), place: place.clone(), source };
        Ok(content.map(move |piece| piece.map_err(&failed)).boxed())
    }

    /// Deletes an object, if it is there.
    ///
    /// # Errors
    /// When the place does not let us.
    pub async fn delete(&self, object: &str) -> Result<(), Error> {
        match self.store.delete(&self.path(object)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(source) => Err(self.failed(object, source)),
        }
    }

    fn path(&self, object: &str) -> Path {
        // Every part is checked, and what would lead out of the place encoded.
        self.prefix.parts().chain(Path::from(object).parts()).collect()
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
