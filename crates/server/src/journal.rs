//! Changes of the call log, for whoever subscribes to them: the archive's own journal.

use bytes::Bytes;
use callbook_api::{Change, ChangeKind, Journal, PortError, Scope, View};
use callbook_model::{CallRecord, Key, Span};
use callbook_store::{CallFilter, Cause, JournalEntry};
use jiff::Timestamp;

use crate::archive::Archive;
use crate::failed;

/// What was added to an archive, edited and deleted in it.
#[derive(Debug, Clone)]
pub struct ArchiveJournal(pub Archive);

impl Journal for ArchiveJournal {
    async fn newest(&self) -> Result<i64, PortError> {
        self.0.store().newest_seq(self.0.key()).await.map_err(failed)
    }

    async fn changes(&self, after: i64, limit: u32) -> Result<Vec<Change>, PortError> {
        let always = Span { from: Timestamp::MIN, to: Timestamp::MAX };
        let everything = CallFilter { deleted: true, ..CallFilter::new(Scope::Account, always) };
        let entries = self.0.store().journal(self.0.key(), everything, after, limit).await;
        let logs = &self.0.staff().await?.logs;
        let mut changes = Vec::new();
        for entry in entries.map_err(failed)? {
            changes.push(self.change(entry, logs).await?);
        }
        Ok(changes)
    }
}

impl ArchiveJournal {
    /// What cannot be read concerns nobody; its number has come all the same.
    async fn change(&self, entry: JournalEntry, logs: &[Scope]) -> Result<Change, PortError> {
        let JournalEntry { seq: number, scope, version, received_ms, cause, json, .. } = entry;
        let at = Timestamp::from_millisecond(received_ms).unwrap_or_default();
        let json = json.unwrap_or_default();
        let Ok(record) = CallRecord::decode(&json, self.0.home()) else {
            return Ok(Change { number, at, kind: ChangeKind::Edited, records: Vec::new() });
        };
        let kind = match cause {
            _ if record.deleted => ChangeKind::Deleted,
            Cause::Absent => ChangeKind::Deleted,
            Cause::Listed => ChangeKind::Added,
            _ if version == 1 => ChangeKind::Added,
            Cause::Received | Cause::Repaired | Cause::Imported => ChangeKind::Edited,
        };
        let records = match scope {
            Scope::PORTAL => Vec::new(),
            Scope::Account => self.in_each_log(&json, &record, logs).await?,
            own @ Scope::Extension(_) => vec![(own, self.text(&json))],
        };
        Ok(Change { number, at, kind, records })
    }

    /// A record of the company's, there and in the logs of extensions that are made from the company's.
    async fn in_each_log(
        &self,
        json: &str,
        record: &CallRecord,
        logs: &[Scope],
    ) -> Result<Vec<(Scope, Bytes)>, PortError> {
        let mut records = vec![(Scope::Account, self.text(json))];
        for key in &record.keys {
            let Key::Extension(extension) = *key else { continue };
            let log = Scope::Extension(extension);
            if !logs.contains(&log)
                && let Some(own) = self.0.project(json, extension).await?
            {
                records.push((log, self.text(&own.json)));
            }
        }
        Ok(records)
    }

    fn text(&self, json: &str) -> Bytes {
        self.0.lead(json, View::Detailed).into()
    }
}
