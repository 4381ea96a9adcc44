//! Which database an archive is in.

use crate::postgres::Postgres;
use crate::sqlite::Sqlite;

/// A backend has a method for each of the [`crate::Store`]'s that dispatches to it, of the same name and
/// with the same promises, and it checks [`crate::SyncLock`]'s fencing number inside each transaction
/// that takes one. Cheap to clone; clones share the connections.
#[derive(Debug, Clone)]
pub(crate) enum Backend {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

/// Calls the method of whichever backend a store has: `dispatch!(self, cursor(account, name))`.
macro_rules! dispatch {
    ($store:expr, $method:ident($($argument:expr),* $(,)?)) => {
        match &$store.backend {
            $crate::backend::Backend::Sqlite(backend) => backend.$method($($argument),*).await,
            $crate::backend::Backend::Postgres(backend) => backend.$method($($argument),*).await,
        }
    };
}

pub(crate) use dispatch;
