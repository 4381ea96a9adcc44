//! A call log's changes, as many as a test says.

use std::sync::{Arc, Mutex};

use callbook_api::{Change, ExtensionId, Journal, PortError};
use serde_json::json;

use crate::company::NOW;

#[derive(Clone, Default)]
pub struct TestJournal(Arc<Mutex<Vec<Change>>>);

impl TestJournal {
    /// A record of these extensions was added.
    pub fn add(&self, extensions: &[ExtensionId]) -> i64 {
        let mut changes = self.0.lock().unwrap();
        let number = changes.len() as i64 + 1;
        let body = json!({ "id": format!("rec-{number}"), "change": "added" });
        changes.push(Change {
            number,
            at: NOW.parse().unwrap(),
            of_account: true,
            extensions: extensions.to_vec(),
            body: body.to_string().into(),
        });
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
