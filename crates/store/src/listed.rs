//! Which calls the archive has of a span, for comparing it with upstream.

use callbook_model::{Scope, Span};

use crate::backend::dispatch;
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
        dispatch!(self, listed(account, scope, span))
    }
}
