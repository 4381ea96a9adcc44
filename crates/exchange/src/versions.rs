//! Files of versions: every state of every call, in the order that the archive saw them in.

use std::io::Write;

use callbook_model::DirectoryKind;
use callbook_store::{Account, CallFilter, Error as StoreError, JournalEntry, Store};
use tokio::task::JoinHandle;

use crate::{Error, Exported, Notice, line};

/// Versions read at a time.
const PAGE: u32 = 1000;

/// Writes every version of the calls that a filter finds, in all logs of the account. A file without a filter
/// makes an equal archive: calls deleted upstream are among them only if the filter says so.
///
/// # Errors
/// When the archive cannot be read, or `out` not be written to.
pub async fn write_versions<W: Write + Send>(
    store: &Store,
    account: &Account,
    filter: &CallFilter,
    out: &mut W,
    notice: &mut impl FnMut(Notice<'_>),
) -> Result<Exported, Error> {
    line::write_head(out, account)?;
    for kind in DirectoryKind::ALL {
        let facts = store.directory_history(account.key, kind).await?;
        facts.iter().try_for_each(|fact| line::write_fact(out, fact))?;
    }
    let mut exported = Exported::default();
    let mut page = read_on(store, account, filter, 0);
    loop {
        let entries = match page.await {
            Ok(entries) => entries?,
            Err(join) => std::panic::resume_unwind(join.into_panic()),
        };
        let Some(last) = entries.last() else { return Ok(exported) };
        page = read_on(store, account, filter, last.seq);
        for entry in &entries {
            match &entry.json {
                Some(json) => line::write_version(out, entry, json)?,
                None => notice(Notice::Damaged(&entry.id)),
            }
            exported.count(entry.json.is_some(), notice);
        }
    }
}

/// Reads a piece while the one before is written.
fn read_on(
    store: &Store,
    account: &Account,
    filter: &CallFilter,
    after_seq: i64,
) -> JoinHandle<Result<Vec<JournalEntry>, StoreError>> {
    let (store, account, filter) = (store.clone(), account.key, filter.clone());
    tokio::spawn(async move { store.journal(account, filter, after_seq, PAGE).await })
}
