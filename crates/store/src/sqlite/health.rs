//! How the file does.

use super::Sqlite;
use crate::{Error, Health};

impl Sqlite {
    pub(crate) async fn health(&self, look: bool) -> Result<Health, Error> {
        self.read(move |connection| {
            let schema = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
            let mut damage: Vec<String> = Vec::new();
            if look {
                let mut statement = connection.prepare("PRAGMA quick_check(5)")?;
                let rows = statement.query_map([], |row| row.get(0))?;
                damage = rows.collect::<rusqlite::Result<_>>()?;
                damage.retain(|line| line != "ok");
            }
            let engine = format!("SQLite {}", rusqlite::version());
            Ok(Health { engine, schema, damage })
        })
        .await
    }
}
