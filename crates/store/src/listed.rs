//! Which calls the archive has of a span, for comparing it with upstream.

use callbook_model::{Scope, Span};

use crate::account::scope_number;
use crate::calls::millisecond_at_or_after;
use crate::{AccountKey, Error, Store};

/// A call's id and place in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// RingCentral's id.
    pub id: String,
    /// When it began, milliseconds since 1970-01-01T00:00:00Z.
    pub start_ms: i64,
}

impl Store {
    /// The calls that began in a span and that upstream has not deleted, in no order.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn listed(
        &self,
        account: AccountKey,
        scope: Scope,
        span: Span,
    ) -> Result<Vec<Listed>, Error> {
        self.read(move |connection| {
            let sql = "SELECT id, start_ms FROM call
                 WHERE account = ?1 AND scope = ?2 AND start_ms >= ?3 AND start_ms < ?4
                   AND NOT deleted";
            let (from_ms, to_ms) =
                (millisecond_at_or_after(span.from), millisecond_at_or_after(span.to));
            let parameters = (account.0, scope_number(scope), from_ms, to_ms);
            connection
                .prepare_cached(sql)?
                .query_map(parameters, |row| Ok(Listed { id: row.get(0)?, start_ms: row.get(1)? }))?
                .collect()
        })
        .await
    }
}
