//! The rate limits that answers have named.

use std::collections::BTreeSet;

use callbook_ringcentral::limits_seen;
use callbook_store::{Error, Store};

use super::finding::{Check, Finding};

/// Each group of requests, as the archive keeps it; of several users and apps, all that differ.
pub(super) async fn seen(store: &Store) -> Result<Finding, Error> {
    let kept = store.values("budgets ").await?;
    let limits: BTreeSet<String> = kept
        .iter()
        .flat_map(|(_, kept)| limits_seen(kept))
        .map(|(group, limit)| format!("{group} {} in {} s", limit.limit, limit.window.as_secs()))
        .collect();
    if limits.is_empty() {
        return Ok(Finding::ok(Check::RateLimits, "the server has named none yet"));
    }
    let limits: Vec<_> = limits.into_iter().collect();
    Ok(Finding::ok(Check::RateLimits, format!("requests: {}", limits.join(", "))))
}
