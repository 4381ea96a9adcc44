//! What came of a try, and whether there is another one.

use backon::ExponentialBackoff;

use crate::{Error, Retry};

/// What came of one try.
pub(crate) enum Try<T> {
    Done(T),
    /// Refused with 429: the limiter knows until when, so just ask again.
    Throttled,
    /// May pass by itself.
    Failed(Error),
    /// The token was not taken.
    Unauthorized(Error),
}

impl<T> Try<T> {
    /// The same try, without what it would have brought; or what it brought.
    pub(crate) fn done<U>(self) -> Result<T, Try<U>> {
        match self {
            Self::Done(value) => Ok(value),
            Self::Throttled => Err(Try::Throttled),
            Self::Failed(error) => Err(Try::Failed(error)),
            Self::Unauthorized(error) => Err(Try::Unauthorized(error)),
        }
    }
}

/// The tries of one request. A closure that tries would be shorter, but what awaits it cannot be shown to be `Send`.
pub(crate) struct Tries {
    waits: ExponentialBackoff,
    renewed: bool,
    failures: usize,
}

impl Tries {
    pub(crate) fn new(retry: Retry) -> Self {
        Self { waits: retry.waits(), renewed: false, failures: 0 }
    }

    /// What the try brought; `None` when it is time for the next one.
    pub(crate) async fn judge<T>(&mut self, tried: Try<T>) -> Result<Option<T>, Error> {
        match tried {
            Try::Done(value) => Ok(Some(value)),
            Try::Throttled => Ok(None),
            Try::Unauthorized(error) if self.renewed => Err(error),
            Try::Unauthorized(_) => {
                self.renewed = true;
                Ok(None)
            }
            Try::Failed(error) => self.wait(error).await.map(|()| None),
        }
    }

    async fn wait(&mut self, failure: Error) -> Result<(), Error> {
        self.failures += 1;
        let failure = failure.so_often(self.failures);
        let Some(wait) = self.waits.next() else { return Err(failure) };
        tracing::warn!("{failure}; trying again in {} s", wait.as_secs_f32().ceil());
        tokio::time::sleep(wait).await;
        Ok(())
    }
}
