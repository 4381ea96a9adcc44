//! One recording's content, brought into the spool: again and again from where it broke off.

use callbook_ringcentral::{
    Client, Content, ContentAnswer, Error as Upstream, Priority, RecordingId,
};
use http::StatusCode;
use tokio::io::AsyncWriteExt as _;

use crate::Error;
use crate::spool::{Begun, Head, Part};

/// So often in a row may a content break off without a byte more.
const TRIES: u32 = 5;

/// No recording is longer: a day of uncompressed sound has a sixth of it.
const MOST_BYTES: u64 = 8 << 30;

/// Why a content is not there.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// Worth another try, later.
    #[error(transparent)]
    Failed(#[from] Error),
    /// The answers do not fit together.
    #[error("the content does not come to an end")]
    Unending,
    /// Nothing is so long.
    #[error("the content is longer than any recording")]
    TooLong,
}

impl Failure {
    /// Upstream does not have it, or says so to this user.
    pub(crate) fn is_gone(&self) -> bool {
        let Self::Failed(Error::Upstream(Upstream::Refused { status, .. })) = self else {
            return false;
        };
        *status == StatusCode::NOT_FOUND
    }

    /// It has to do with the user, whichever recording it is.
    pub(crate) fn is_the_users(&self) -> bool {
        matches!(self, Self::Failed(error) if error.is_the_users())
    }
}

impl From<Upstream> for Failure {
    fn from(error: Upstream) -> Self {
        Self::Failed(error.into())
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Failed(Error::Spool(error))
    }
}

/// Brings a content into its part of the spool, whole.
pub(crate) async fn fetch(
    client: &Client,
    id: &RecordingId,
    named: Option<&str>,
    part: &Part,
) -> Result<Head, Failure> {
    let (mut tries, mut refused, mut broken) = (0, false, None);
    while tries < TRIES {
        tries += 1;
        let begun = part.begun().await?;
        if let Some(begun) = begun.as_ref().filter(|begun| begun.is_whole()) {
            return Ok(begun.head.clone());
        }
        let resume = begun.as_ref().map(Begun::resume);
        let answer = client.recording_content(id, named, resume.as_ref(), Priority::Low).await?;
        let ContentAnswer::Content(mut content) = answer else {
            // Once may be the server's mistake; it costs less to ask again than to begin again.
            if refused {
                part.remove().await?;
            }
            refused = !refused;
            continue;
        };
        match take(part, &mut content).await? {
            Taken::Whole(head) => return Ok(head),
            Taken::Broken { error, came } => {
                tries = if came { 0 } else { tries };
                broken = Some(error);
            }
            Taken::Misfit => part.remove().await?,
        }
    }
    Err(broken.map_or(Failure::Unending, Failure::from))
}

enum Taken {
    Whole(Head),
    /// The connection broke, after some of it came, or before.
    Broken {
        error: Upstream,
        came: bool,
    },
    /// It is not the rest of what is there, or of another length than announced.
    Misfit,
}

async fn take(part: &Part, content: &mut Content) -> Result<Taken, Failure> {
    let Some((mut file, head)) = part.file_for(content).await? else { return Ok(Taken::Misfit) };
    let mut bytes = content.offset;
    let ended = loop {
        match content.chunk().await {
            Ok(Some(chunk)) => {
                bytes += chunk.len() as u64;
                if bytes > MOST_BYTES {
                    return Err(Failure::TooLong);
                }
                file.write_all(&chunk).await?;
            }
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        }
    };
    file.flush().await?;
    match ended {
        Err(error) => Ok(Taken::Broken { error, came: bytes > content.offset }),
        // A length that was not announced is the one that came.
        Ok(()) if head.total.is_none_or(|total| total == bytes) => Ok(Taken::Whole(head)),
        Ok(()) => Ok(Taken::Misfit),
    }
}
