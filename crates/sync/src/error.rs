//! What ends a sync early.

/// A sync or verification that did not come to its end. What was committed stays, and the next run
/// goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Upstream.
    #[error(transparent)]
    Upstream(#[from] callbook_ringcentral::Error),
    /// The archive.
    #[error(transparent)]
    Store(#[from] callbook_store::Error),
    /// Upstream's list does not end.
    #[error(transparent)]
    Endless(#[from] crate::plan::Endless),
    /// The archive's note of how far it has come is not one of ours.
    #[error("the archive's note of how far it was synced cannot be read")]
    Cursor(#[source] serde_json::Error),
    /// The plan's state could not be written as JSON.
    #[error("the state of the sync cannot be noted")]
    State(#[source] serde_json::Error),
    /// A sync has begun, and not come to its end.
    #[error("the download is not finished")]
    Unfinished,
    /// What was asked for lies outside of what was synced.
    #[error("only calls from {} to {} were synced", covered.from.strftime("%Y-%m-%d"), covered.to.strftime("%Y-%m-%d"))]
    NotCovered {
        /// What was synced.
        covered: callbook_model::Span,
    },
    /// Nothing has been synced yet.
    #[error("account {0} has not been synced yet")]
    NeverSynced(callbook_model::AccountId),
}
