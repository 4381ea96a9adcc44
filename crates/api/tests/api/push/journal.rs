//! A call log's changes, as many as a test says.

use std::sync::{Arc, Mutex};

use callbook_api::{Change, ChangeKind, ExtensionId, Journal, PortError, Scope};

use crate::company::{NOW, ODD_NUMBER};

#[derive(Clone, Default)]
pub struct TestJournal(Arc<Mutex<Vec<Change>>>);

impl TestJournal {
    /// A record of these extensions was added.
    pub fn add(&self, extensions: &[ExtensionId]) -> i64 {
        let mut changes = self.0.lock().unwrap();
        let number = changes.len() as i64 + 1;
        let record = |of: &str| {
            format!(r#"{{"id":"rec-{number}","of":"{of}","x-odd":{ODD_NUMBER}}}"#).into()
        };
        let mut records = vec![(Scope::Account, record("account"))];
        let of_each = extensions.iter();
        records.extend(of_each.map(|id| (Scope::Extension(*id), record(&id.to_string()))));
        let (at, kind) = (NOW.parse().unwrap(), ChangeKind::Edited);
        changes.push(Change { number, at, kind, records });
        number
    }
}

impl Journal for TestJournal {
    async fn newest(&self) -> Result<i64, PortError> {
        Ok(self.0.lock().unwrap().len() as i64)
    }

    async fn changes(&self, after: i64, limit: u32) -> Result<Vec<Change>, PortError> {
        let changes = self.0.lock().unwrap();
        Ok(changes.iter().skip(after as usize).take(limit as usize).cloned().collect())
    }
}
