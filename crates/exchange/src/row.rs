//! A call as tables show it.

use callbook_model::{Attachments, CallRecord, ExtensionId, Key, Leg, legs};
use callbook_store::{Account, Names};

use crate::Listed;

/// Everything that the columns of a table are made from.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) account_id: u64,
    pub(crate) listed: Listed,
    pub(crate) record: CallRecord,
    /// The first queue that the call went to, as it was called then.
    pub(crate) queue: Option<String>,
    pub(crate) recording_ids: Vec<String>,
}

/// Makes rows of an account's calls.
#[derive(Debug)]
pub(crate) struct RowReader {
    account: Account,
    names: Names,
}

impl RowReader {
    pub(crate) fn new(account: Account, names: Names) -> Self {
        Self { account, names }
    }

    /// Gives a call back of which what the archive holds is damaged.
    pub(crate) fn read(&self, listed: Listed) -> Result<Row, Listed> {
        let Some(json) = listed.call.json.as_deref() else { return Err(listed) };
        let Ok(record) = CallRecord::decode(json, self.account.home) else { return Err(listed) };
        let queue = self.queue(&record, json);
        let recordings =
            if record.recorded { Attachments::decode(json).recordings } else { Vec::new() };
        let recording_ids = recordings.into_iter().map(|recording| recording.id).collect();
        Ok(Row { account_id: self.account.id.0, listed, record, queue, recording_ids })
    }

    /// The first queue that a call went to.
    fn queue(&self, record: &CallRecord, json: &str) -> Option<String> {
        let named = |id: ExtensionId| {
            let queue = self.names.at(id, record.start_ms)?;
            let name = || queue.name.clone().or_else(|| queue.number.clone());
            (queue.kind.as_deref() == Some("Department"))
                .then(|| name().unwrap_or_else(|| id.to_string()))
        };
        let mut concerned = record.keys.iter().filter_map(|key| match key {
            Key::Extension(id) => named(*id),
            _ => None,
        });
        // Most calls have none: their legs need not be read.
        concerned.next()?;
        let ends = legs(json).into_iter().flat_map(|leg| [leg.extension_id, leg.to.extension_id]);
        ends.chain([record.to.extension_id]).flatten().find_map(named)
    }
}

impl Row {
    /// Earliest first.
    pub(crate) fn legs(&self) -> Vec<Leg> {
        self.listed.call.json.as_deref().map_or_else(Vec::new, legs)
    }
}
