//! A call as tables show it.

use std::collections::HashMap;

use callbook_model::{Attachments, CallRecord, ExtensionId, Key, Leg, legs};
use callbook_store::{Account, Extension};

use crate::Listed;

/// Everything that the columns of a table are made from.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) account_id: u64,
    pub(crate) listed: Listed,
    pub(crate) record: CallRecord,
    /// The first queue that the call went to.
    pub(crate) queue: Option<String>,
    pub(crate) recording_ids: Vec<String>,
}

/// Makes rows of an account's calls.
#[derive(Debug)]
pub(crate) struct RowReader {
    account: Account,
    queues: HashMap<ExtensionId, String>,
}

impl RowReader {
    pub(crate) fn new(account: Account, extensions: Vec<Extension>) -> Self {
        let queues =
            extensions.into_iter().filter(|each| each.kind.as_deref() == Some("Department"));
        let named = |queue: Extension| {
            let name = queue.name.or(queue.number).unwrap_or_else(|| queue.id.to_string());
            (queue.id, name)
        };
        Self { account, queues: queues.map(named).collect() }
    }

    /// Gives a call back of which what the archive holds is damaged.
    pub(crate) fn read(&self, listed: Listed) -> Result<Row, Listed> {
        let Some(json) = listed.call.json.as_deref() else { return Err(listed) };
        let Ok(record) = CallRecord::decode(json, self.account.home) else { return Err(listed) };
        let queue = self.queue(&record, json).cloned();
        let recordings =
            if record.recorded { Attachments::decode(json).recordings } else { Vec::new() };
        let recording_ids = recordings.into_iter().map(|recording| recording.id).collect();
        Ok(Row { account_id: self.account.id.0, listed, record, queue, recording_ids })
    }

    /// The first queue that a call went to.
    fn queue(&self, record: &CallRecord, json: &str) -> Option<&String> {
        let mut concerned = record.keys.iter().filter_map(|key| match key {
            Key::Extension(id) => self.queues.get(id),
            _ => None,
        });
        // Most calls have none: their legs need not be read.
        concerned.next()?;
        let ends = legs(json).into_iter().flat_map(|leg| [leg.extension_id, leg.to.extension_id]);
        ends.chain([record.to.extension_id]).flatten().find_map(|id| self.queues.get(&id))
    }
}

impl Row {
    /// Earliest first.
    pub(crate) fn legs(&self) -> Vec<Leg> {
        self.listed.call.json.as_deref().map_or_else(Vec::new, legs)
    }
}
