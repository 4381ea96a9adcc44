//! Where recordings come from.

use std::future::Future;
use std::ops::Range;

use bytes::Bytes;
use callbook_model::Scope;
use futures_util::stream::BoxStream;

use super::PortError;

/// What is known of a recording that can be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    /// How long it plays, in whole seconds.
    pub duration_s: u32,
    /// Such as `audio/mpeg`.
    pub content_type: String,
    /// The length of the file; at least 1.
    pub len_bytes: u64,
    /// Other bytes have another tag. Letters, digits and `-`.
    pub tag: String,
}

/// A file, piece by piece. After an error nothing follows, and the client's connection is cut.
pub type ByteStream = BoxStream<'static, Result<Bytes, PortError>>;

/// Recordings of calls.
pub trait Recordings: Send + Sync + 'static {
    /// The recording with this id, if a call log shows it and it can still be had.
    fn find(
        &self,
        scope: Scope,
        id: &str,
    ) -> impl Future<Output = Result<Option<Recording>, PortError>> + Send;

    /// Part of a recording that was just found; the range lies within it.
    fn open(
        &self,
        id: &str,
        range: Range<u64>,
    ) -> impl Future<Output = Result<ByteStream, PortError>> + Send;

    /// Deletes recordings of the account; if one of them is not there, it says false and deletes none.
    fn delete(&self, ids: &[String]) -> impl Future<Output = Result<bool, PortError>> + Send;
}
