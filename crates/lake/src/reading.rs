//! Files as questions read them: each by its name, or not at all.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};
use tokio::runtime::Handle;

use crate::Place;

/// A store that has nothing to list and takes nothing.
///
/// DataFusion takes a file that is gone for the name of a folder, and an empty folder for a table without rows: a question
/// that outlives its files would be answered, and wrongly. The manifest says which files there are.
#[derive(Debug)]
pub(crate) struct Reading {
    store: Arc<dyn ObjectStore>,
    /// Where connections are made that all questions use: they are gone with the threads that made them, and those of a
    /// question end with it. `None` where there are no connections.
    home: Option<Handle>,
}

impl Reading {
    pub(crate) fn of(place: &Place) -> Self {
        let home = place.is_bucket().then(Handle::try_current).and_then(Result::ok);
        Self { store: Arc::clone(&place.store), home }
    }

    async fn at_home<T: Send + 'static>(
        &self,
        read: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<T> {
        match &self.home {
            None => read.await,
            Some(home) => home.spawn(read).await?,
        }
    }
}

impl fmt::Display for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.store.fmt(f)
    }
}

fn gone(path: Option<&Path>) -> Error {
    let path = path.map(ToString::to_string).unwrap_or_default();
    Error::NotFound { path, source: "the lake's file is gone".into() }
}

fn refused() -> Error {
    Error::NotSupported { source: "questions only read".into() }
}

#[async_trait]
impl ObjectStore for Reading {
    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        let (store, location) = (Arc::clone(&self.store), location.clone());
        self.at_home(async move { store.get_opts(&location, options).await }).await
    }

    async fn get_ranges(
        &self,
        location: &Path,
        ranges: &[Range<u64>],
    ) -> Result<Vec<bytes::Bytes>> {
        let (store, location, ranges) =
            (Arc::clone(&self.store), location.clone(), ranges.to_vec());
        self.at_home(async move { store.get_ranges(&location, &ranges).await }).await
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        stream::once(std::future::ready(Err(gone(prefix)))).boxed()
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        Err(gone(prefix))
    }

    async fn put_opts(&self, _: &Path, _: PutPayload, _: PutOptions) -> Result<PutResult> {
        Err(refused())
    }

    async fn put_multipart_opts(
        &self,
        _: &Path,
        _: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        Err(refused())
    }

    fn delete_stream(
        &self,
        _: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        stream::once(std::future::ready(Err(refused()))).boxed()
    }

    async fn copy_opts(&self, _: &Path, _: &Path, _: CopyOptions) -> Result<()> {
        Err(refused())
    }
}
