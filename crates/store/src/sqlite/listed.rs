//! Which calls the archive has of a span.

use callbook_model::{Scope, Span};

use super::Sqlite;
use crate::account::scope_number;
use crate::calls::millisecond_at_or_after;
use crate::{AccountKey, Error, Listed};

impl Sqlite {
    pub(crate) async fn listed(
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
