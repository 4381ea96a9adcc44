//! What can go wrong with figures.

/// Why calls could not be counted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The lake could not be asked.
    #[error("cannot count calls in the lake")]
    Lake(#[from] callbook_lake::Error),
    /// Answers are not what the SQL says.
    #[error("the lake's answer cannot be read")]
    Answer(#[from] datafusion::arrow::error::ArrowError),
    /// A word that no facet has.
    #[error("the lake answered {word:?}, which means nothing")]
    Word {
        /// What it said.
        word: String,
    },
    /// Time is told by a clock whose name nobody knows.
    #[error("a time zone without a name")]
    Zone,
    /// The service ends.
    #[error("the service ends")]
    Closed,
}
