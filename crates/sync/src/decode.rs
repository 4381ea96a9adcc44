//! Reading answers: records in pieces for one commit each, and what a plan wants to know of them.

use std::collections::HashSet;

use callbook_model::{Region, Span};
use callbook_ringcentral::CallLogPage;
use callbook_store::{Batch, Decoder, Quarantined};

use crate::Error;
use crate::plan::Listed;

/// Records in one transaction: some 20 ms of the writer's time, so that others get their turn.
const RECORDS_A_COMMIT: usize = 250;

/// Records, ready to be written.
#[derive(Debug, Default)]
pub(crate) struct Page {
    /// Pieces for one commit each.
    pub(crate) batches: Vec<Batch>,
    /// How many records came.
    pub(crate) records: u64,
    /// Their ids; one without stands for itself.
    pub(crate) ids: HashSet<String>,
}

/// Runs it where it holds nobody up; a panic in it goes on here.
pub(crate) async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(join) => match join.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime is shutting down.
            Err(_) => std::future::pending().await,
        },
    }
}

/// Reads a page of a list of `span`.
pub(crate) fn page(
    page: &CallLogPage,
    home: Region,
    span: Span,
    per_page: u32,
) -> Result<(Listed, Page), Error> {
    let mut listed = Listed::of_page(page, per_page);
    let page = read(page.records(), home, |id, start_ms| listed.saw(span, id, start_ms))?;
    Ok((listed, page))
}

/// Reads records in no order.
pub(crate) fn records<'a>(
    texts: impl Iterator<Item = &'a str>,
    home: Region,
) -> Result<Page, Error> {
    read(texts, home, |_, _| {})
}

fn read<'a>(
    texts: impl Iterator<Item = &'a str>,
    home: Region,
    mut saw: impl FnMut(&str, i64),
) -> Result<Page, Error> {
    let mut decoder = Decoder::new(home)?;
    let (mut page, mut batch) = (Page::default(), Batch::default());
    for json in texts {
        page.records += 1;
        match decoder.decode(json)? {
            Ok(incoming) => {
                let record = incoming.record();
                saw(&record.id, record.start_ms);
                page.ids.insert(record.id.clone());
                batch.records.push(incoming);
            }
            Err(quarantined) => {
                warn(&quarantined);
                page.ids.insert(json.to_owned());
                batch.quarantined.push(quarantined);
            }
        }
        if batch.records.len() + batch.quarantined.len() >= RECORDS_A_COMMIT {
            page.batches.push(std::mem::take(&mut batch));
        }
    }
    if !(batch.records.is_empty() && batch.quarantined.is_empty()) {
        page.batches.push(batch);
    }
    Ok(page)
}

fn warn(quarantined: &Quarantined) {
    tracing::warn!(reason = quarantined.reason(), "a record cannot be read; kept in quarantine");
}
