//! What a bundle says about itself.

use callbook_model::{AccountId, Key, Scope};
use callbook_store::{Account, CallFilter, Store};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use super::{Bundled, FORMAT};
use crate::Error;

#[derive(Serialize)]
pub(super) struct Manifest {
    callbook: &'static str,
    format: u32,
    written_by: &'static str,
    created: Timestamp,
    /// UUID of the archive.
    archive: String,
    account_id: AccountId,
    server_url: String,
    main_number: Option<String>,
    calls: u64,
    versions: u64,
    /// Calls of which what the archive holds is damaged, and which are not here.
    damaged: u64,
    /// Contents of recordings, and how many are not here; none if they were left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    recordings: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recordings_absent: Option<u64>,
    filter: Conditions,
    seals: Vec<SealHead>,
}

/// The conditions that all calls of the bundle meet; none, if they are all that there were.
#[derive(Serialize)]
struct Conditions {
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<Timestamp>,
    /// One letter and the value: `n` a number, `x` an extension's id, `s` and `t` session ids.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    keys: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    direction: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recorded: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    min_duration_ms: Option<i64>,
}

/// The newest entry of a log's chain of seals.
#[derive(Serialize)]
struct SealHead {
    log: String,
    number: i64,
    day: Date,
    hash: String,
}

impl Manifest {
    pub(super) async fn new(
        store: &Store,
        account: &Account,
        filter: &CallFilter,
        bundled: Bundled,
    ) -> Result<Self, Error> {
        let mut seals = Vec::new();
        for scope in store.scopes(account.key).await? {
            seals.extend(seal_head(store, account, scope).await?);
        }
        Ok(Self {
            callbook: "bundle",
            format: FORMAT,
            written_by: concat!("callbook ", env!("CARGO_PKG_VERSION")),
            created: Timestamp::now(),
            archive: store.status().await?.archive_id,
            account_id: account.id,
            server_url: account.server_url.clone(),
            main_number: account.main_number.clone(),
            calls: bundled.calls.records,
            versions: bundled.versions.records,
            damaged: bundled.calls.damaged,
            recordings: bundled.recordings.map(|recorded| recorded.contents),
            recordings_absent: bundled
                .recordings
                .map(|recorded| recorded.absent + recorded.damaged),
            filter: Conditions::of(filter),
            seals,
        })
    }
}

async fn seal_head(
    store: &Store,
    account: &Account,
    scope: Scope,
) -> Result<Option<SealHead>, Error> {
    let newest = store.seals(account.key, scope).await?.pop();
    let log = scope.to_string();
    Ok(newest.map(|seal| SealHead { log, number: seal.number, day: seal.day, hash: seal.hash }))
}

impl Conditions {
    fn of(filter: &CallFilter) -> Self {
        let CallFilter { span, keys, direction, result, recorded, min_duration_ms, .. } = filter;
        Self {
            from: Some(span.from).filter(|from| *from > Timestamp::MIN),
            before: Some(span.to).filter(|to| *to < Timestamp::MAX),
            keys: keys.iter().map(Key::to_string).collect(),
            direction: direction.clone(),
            result: result.clone(),
            recorded: *recorded,
            min_duration_ms: *min_duration_ms,
        }
    }
}
