//! A call log's changes, as many as a test says.

use std::sync::{Arc, Mutex};

use callbook_api::{Change, ExtensionId, Journal, PortError, Scope};
use serde_json::json;

use crate::company::NOW;

#[derive(Clone, Default)]
pub struct TestJournal(Arc<Mutex<Vec<Change>>>);

impl TestJournal {
    /// A record of these extensions was added.
    pub fn add(&self, extensions: &[ExtensionId]) -> i64 {
        let mut changes = self.0.lock().unwrap();
        let number = changes.len() as i64 + 1;
        let body = |of| json!({ "id": format!("rec-{number}"), "of": of }).to_string().into();
        let mut bodies = vec![(Scope::Account, body("account".to_owned()))];
        let of_each = extensions.iter();
        bodies.extend(of_each.map(|id| (Scope::Extension(*id), body(id.to_string()))));
        changes.push(Change { number, at: NOW.parse().unwrap(), bodies });
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
