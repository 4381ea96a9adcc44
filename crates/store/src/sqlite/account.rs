//! Accounts and their cursors.

use callbook_model::{AccountId, Region, Scope};
use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Row};

use super::Sqlite;
use crate::account::{number, scope_number};
use crate::{Account, AccountKey, Error};

impl Sqlite {
    pub(crate) async fn put_account(
        &self,
        id: AccountId,
        server_url: &str,
        main_number: Option<&str>,
        home: Region,
    ) -> Result<Account, Error> {
        let (server_url, main_number) = (server_url.to_owned(), main_number.map(str::to_owned));
        self.write(move |connection| {
            let now_ms = Timestamp::now().as_millisecond();
            let values = (number(id.0), &server_url, &main_number, home.to_string(), now_ms);
            let sql = "INSERT INTO account (id, server_url, main_number, home, created_ms)
                 VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (id) DO UPDATE
                 SET server_url = excluded.server_url, main_number = excluded.main_number
                 RETURNING account, id, server_url, main_number, home";
            connection.query_row(sql, values, account)
        })
        .await
    }

    pub(crate) async fn accounts(&self) -> Result<Vec<Account>, Error> {
        self.read(|connection| {
            let sql = "SELECT account, id, server_url, main_number, home FROM account
                 ORDER BY account";
            connection.prepare_cached(sql)?.query_map([], account)?.collect()
        })
        .await
    }

    pub(crate) async fn cursor(
        &self,
        account: AccountKey,
        scope: Scope,
        name: &str,
    ) -> Result<Option<String>, Error> {
        let name = name.to_owned();
        self.read(move |connection| {
            let sql = "SELECT value FROM cursor WHERE account = ?1 AND scope = ?2 AND name = ?3";
            let parameters = (account.0, scope_number(scope), name);
            connection.query_row(sql, parameters, |row| row.get(0)).optional()
        })
        .await
    }
}

fn account(row: &Row<'_>) -> rusqlite::Result<Account> {
    let home: String = row.get(4)?;
    Ok(Account {
        key: AccountKey(row.get(0)?),
        id: AccountId(row.get::<_, i64>(1)?.cast_unsigned()),
        server_url: row.get(2)?,
        main_number: row.get(3)?,
        home: home.parse().unwrap_or(Region::US),
    })
}
