//! Changes of the call log, for whoever subscribes to them: the archive's own journal.

use bytes::Bytes;
use callbook_api::{Change, ChangeKind, ExtensionId, Journal, PortError, Scope, View};
use callbook_model::{CallRecord, Key, Span, project};
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
        Ok(entries.map_err(failed)?.into_iter().map(|entry| self.change(entry, logs)).collect())
    }
}

impl ArchiveJournal {
    /// What cannot be read concerns nobody; its number has come all the same.
    fn change(&self, entry: JournalEntry, logs: &[Scope]) -> Change {
        let JournalEntry { seq: number, scope, version, received_ms, cause, json, .. } = entry;
        let at = Timestamp::from_millisecond(received_ms).unwrap_or_default();
        let json = json.unwrap_or_default();
        let Ok(record) = CallRecord::decode(&json, self.0.home()) else {
            return Change { number, at, kind: ChangeKind::Edited, records: Vec::new() };
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
            Scope::Account => self.in_each_log(&json, &record, logs),
            own @ Scope::Extension(_) => vec![(own, self.text(&json))],
        };
        Change { number, at, kind, records }
    }

    /// A record of the company's, there and in the logs of extensions that are made from the company's.
    fn in_each_log(&self, json: &str, record: &CallRecord, logs: &[Scope]) -> Vec<(Scope, Bytes)> {
        let extensions = record.keys.iter().filter_map(|key| match key {
            Key::Extension(extension) => Some(*extension),
            _ => None,
        });
        let made = extensions.filter(|&extension| !logs.contains(&Scope::Extension(extension)));
        let projected = made.filter_map(|extension: ExtensionId| {
            let own = project(json, extension)?;
            Some((Scope::Extension(extension), self.text(&own.json)))
        });
        [(Scope::Account, self.text(json))].into_iter().chain(projected).collect()
    }

    fn text(&self, json: &str) -> Bytes {
        self.0.lead(json, View::Detailed).into()
    }
}
