//! The archive: does it open, is it whole, does somebody work on it?

use callbook_model::Span;
use callbook_store::{AccountStatus, CallFilter, Error, Location, Open, Status, Store};
use jiff::Timestamp;

use super::finding::{Check, Finding};
use crate::output;

/// A larger file is not read as a whole: that would take minutes.
const LOOKED_THROUGH_BYTES: u64 = 1_000_000_000;

/// The newest calls of an account that are read back.
const READ_BACK: u32 = 200;

/// Opens it, if there is one.
pub(super) async fn open(location: &Location) -> Result<Store, Finding> {
    match Store::open(location, Open::Existing).await {
        Ok(store) => Ok(store),
        Err(Error::NoArchive { location }) => Err(none_yet(&location)),
        Err(error) => Err(Finding::error(Check::Archive, &error.into())),
    }
}

/// Whether one can be made.
fn none_yet(location: &Location) -> Finding {
    let message = format!("{location} is not there yet: `callbook sync` makes it");
    let Location::Sqlite(path) = location else { return Finding::ok(Check::Archive, message) };
    let folder = callbook_files::folder_of(path);
    match tempfile::NamedTempFile::new_in(folder) {
        Ok(_) => Finding::ok(Check::Archive, message),
        Err(_) => Finding::failed(
            Check::Archive,
            format!("{location} is not there yet, and nothing can be written into its folder"),
            "make the folder, or name another place with --database",
        ),
    }
}

/// What the database says of itself, and whether the newest calls can be read back.
pub(super) async fn whole(store: &Store, status: &Status) -> Result<Finding, Error> {
    let look = status.bytes <= LOOKED_THROUGH_BYTES;
    let health = store.health(look).await?;
    let mut damage = health.damage;
    for account in &status.accounts {
        damage.extend(unreadable(store, account).await?);
    }
    if let Some(first) = damage.first() {
        return Ok(Finding::failed(
            Check::Archive,
            format!("{} is damaged: {first}", store.location()),
            "keep a copy of it, then run `callbook verify --offline` and `callbook verify --repair`",
        ));
    }
    let looked = match (look, store.location()) {
        (true, Location::Sqlite(_)) => "its pages are whole",
        _ => "its newest calls can be read",
    };
    Ok(Finding::ok(
        Check::Archive,
        format!(
            "{}: {}, {}, schema {}; {looked}",
            store.location(),
            output::bytes(status.bytes),
            health.engine,
            health.schema
        ),
    ))
}

/// The first of the newest calls that is damaged.
async fn unreadable(store: &Store, status: &AccountStatus) -> Result<Option<String>, Error> {
    let key = status.account.key;
    for scope in store.scopes(key).await? {
        let span = Span { from: Timestamp::MIN, to: Timestamp::MAX };
        let rows = store.calls(key, CallFilter::new(scope, span), None, READ_BACK).await?;
        if let Some(row) = rows.iter().find(|row| row.json.is_none()) {
            return Ok(Some(format!("call {} cannot be read", row.id)));
        }
    }
    Ok(None)
}

/// Who syncs now.
pub(super) async fn syncers(store: &Store, status: &Status) -> Result<Vec<Finding>, Error> {
    let mut findings = Vec::new();
    for AccountStatus { account, .. } in &status.accounts {
        if let Some(process) = store.sync_holder(account.key).await? {
            let message = format!("process {process} is syncing account {} now", account.id);
            findings.push(Finding::ok(Check::Archive, message));
        }
    }
    Ok(findings)
}
