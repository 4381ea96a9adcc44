//! How the last sync failed, kept for `callbook status`. Registered accounts have that of their own.

use callbook_store::{Error as StoreError, Store};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::failure;

/// Where it is kept.
const KEY: &str = "failed sync";

/// A sync that came to nothing.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Trouble {
    /// When it ended.
    pub at: Timestamp,
    /// Why, in one line without secrets.
    pub error: String,
}

/// The outcome, once its failure is noted. That another sync is running is none.
///
/// # Errors
/// The outcome's own.
pub async fn noted<T>(store: &Store, outcome: anyhow::Result<T>) -> anyhow::Result<T> {
    let Err(error) = &outcome else { return outcome };
    let told = failure::told(error);
    if !told.is_locked() {
        let trouble = Trouble { at: Timestamp::now(), error: told.message };
        let text = serde_json::to_string(&trouble)?;
        // Where the archive cannot be written, that is the failure.
        let _ = store.update_value(KEY, move |_| (Some(text), ())).await;
    }
    outcome
}

/// The failure that no sync of the archive has ended well since.
///
/// # Errors
/// When the archive cannot be read.
pub async fn last(
    store: &Store,
    last_success_ms: Option<i64>,
) -> Result<Option<Trouble>, StoreError> {
    let kept = store.values(KEY).await?.pop();
    let trouble = kept.and_then(|(_, text)| serde_json::from_str::<Trouble>(&text).ok());
    let is_newer = |trouble: &Trouble| {
        last_success_ms.is_none_or(|success_ms| trouble.at.as_millisecond() > success_ms)
    };
    Ok(trouble.filter(is_newer))
}
