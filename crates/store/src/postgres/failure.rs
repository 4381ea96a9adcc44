//! What PostgreSQL and the network say, in our words.

use std::time::Duration;

use deadpool_postgres::PoolError;
use tokio_postgres::error::SqlState;

use crate::{Error, Location};

/// So often is work tried again after a connection broke: some 15 seconds in all.
pub(super) const RETRIES: u32 = 7;

/// Why something did not work.
#[derive(Debug)]
pub(super) enum Failure {
    /// What the driver said.
    Postgres(tokio_postgres::Error),
    /// No connection could be had.
    Pool(PoolError),
    /// What we found.
    Known(Error),
}

impl From<tokio_postgres::Error> for Failure {
    fn from(source: tokio_postgres::Error) -> Self {
        Self::Postgres(source)
    }
}

impl From<PoolError> for Failure {
    fn from(source: PoolError) -> Self {
        match source {
            PoolError::Backend(source) => Self::Postgres(source),
            other => Self::Pool(other),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Known(error)
    }
}

impl Failure {
    /// Whether trying again may help: the connection broke, the server restarts, or two transactions
    /// were in each other's way.
    pub(super) fn is_passing(&self) -> bool {
        let Self::Postgres(source) = self else { return matches!(self, Self::Pool(_)) };
        match source.code() {
            Some(code) => {
                *code == SqlState::ADMIN_SHUTDOWN
                    || *code == SqlState::CRASH_SHUTDOWN
                    || *code == SqlState::CANNOT_CONNECT_NOW
                    || *code == SqlState::TOO_MANY_CONNECTIONS
                    || *code == SqlState::T_R_SERIALIZATION_FAILURE
                    || *code == SqlState::T_R_DEADLOCK_DETECTED
                    || *code == SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT
                    || code.code().starts_with("08")
            }
            None => source.is_closed() || is_io(source),
        }
    }

    /// Names it.
    pub(super) fn name(self, location: &Location) -> Error {
        let location = location.clone();
        let source = match self {
            Self::Known(error) => return error,
            Self::Pool(source) => return Error::Unreachable { location, source: source.into() },
            Self::Postgres(source) => source,
        };
        let Some(code) = source.code().cloned() else {
            let lost = source.is_closed() || is_io(&source);
            let source = said(source);
            return match lost {
                true => Error::Unreachable { location, source },
                false => Error::Database { location, source },
            };
        };
        // 28: a sign-in refused; 3D: no such database; 08, 57P: the connection or the server ended.
        let unreachable =
            ["28", "3D", "08", "57P"].iter().any(|class| code.code().starts_with(class));
        if code == SqlState::DISK_FULL {
            Error::Full { location }
        } else if code == SqlState::READ_ONLY_SQL_TRANSACTION {
            Error::ReadOnly { location }
        } else if code == SqlState::LOCK_NOT_AVAILABLE || code == SqlState::QUERY_CANCELED {
            Error::Busy { location }
        } else if code == SqlState::DATA_CORRUPTED || code == SqlState::INDEX_CORRUPTED {
            Error::Damaged { location }
        } else if unreachable || code == SqlState::TOO_MANY_CONNECTIONS {
            Error::Unreachable { location, source: said(source) }
        } else {
            Error::Database { location, source: said(source) }
        }
    }
}

/// The pause before another try.
pub(super) fn pause(tried: u32) -> Duration {
    Duration::from_millis(100 << tried.min(6))
}

fn is_io(source: &tokio_postgres::Error) -> bool {
    let mut cause = std::error::Error::source(source);
    while let Some(error) = cause {
        if error.is::<std::io::Error>() {
            return true;
        }
        cause = error.source();
    }
    // The driver has no other way to tell this one.
    source.to_string().contains("timed out")
}

/// The driver's own words are "db error"; what the server said is behind them.
fn said(source: tokio_postgres::Error) -> Box<dyn std::error::Error + Send + Sync> {
    if source.as_db_error().is_some() {
        return match source.into_source() {
            Some(said) => said,
            None => "the server said nothing".into(),
        };
    }
    source.into()
}

/// Tries again what failed for a passing reason, as often as [`RETRIES`] says. The work has to be such that
/// doing it twice is as good as doing it once: nobody knows what became of the first time.
macro_rules! retried {
    ($postgres:expr, $work:expr) => {{
        let mut tried = 0;
        loop {
            match $work.await {
                Err(failure)
                    if failure.is_passing() && tried < $crate::postgres::failure::RETRIES =>
                {
                    tokio::time::sleep($crate::postgres::failure::pause(tried)).await;
                    tried += 1;
                }
                Err(failure) => break Err(failure.name($postgres.location())),
                Ok(value) => break Ok(value),
            }
        }
    }};
}

pub(super) use retried;
