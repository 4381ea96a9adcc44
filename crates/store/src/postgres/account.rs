//! Accounts and their cursors.

use callbook_model::{AccountId, Region, Scope};
use jiff::Timestamp;
use tokio_postgres::Row;

use super::{Postgres, each, plain};
use crate::account::{number, scope_number};
use crate::{Account, AccountKey, Error};

impl Postgres {
    pub(crate) async fn put_account(
        &self,
        id: AccountId,
        server_url: &str,
        main_number: Option<&str>,
        home: Region,
    ) -> Result<Account, Error> {
        let now_ms = Timestamp::now().as_millisecond();
        let (id, main_number, home) = (number(id.0), main_number.map(plain), home.to_string());
        let sql = "INSERT INTO account (id, server_url, main_number, home, created_ms)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (id) DO UPDATE
             SET server_url = excluded.server_url, main_number = excluded.main_number
             RETURNING account, id, server_url, main_number, home";
        let rows = self.rows(sql, &[&id, &plain(server_url), &main_number, &home, &now_ms]).await?;
        // One is inserted or updated.
        each(self, &rows, account)?.pop().ok_or(Error::TakenOver)
    }

    pub(crate) async fn accounts(&self) -> Result<Vec<Account>, Error> {
        let sql = "SELECT account, id, server_url, main_number, home FROM account ORDER BY account";
        each(self, &self.rows(sql, &[]).await?, account)
    }

    pub(crate) async fn cursor(
        &self,
        account: AccountKey,
        scope: Scope,
        name: &str,
    ) -> Result<Option<String>, Error> {
        let sql = "SELECT value FROM cursor WHERE account = $1 AND scope = $2 AND name = $3";
        let rows = self.rows(sql, &[&account.0, &scope_number(scope), &plain(name)]).await?;
        Ok(each(self, &rows, |row| row.try_get(0))?.pop())
    }
}

fn account(row: &Row) -> Result<Account, tokio_postgres::Error> {
    let home: String = row.try_get(4)?;
    Ok(Account {
        key: AccountKey(row.try_get(0)?),
        id: AccountId(row.try_get::<_, i64>(1)?.cast_unsigned()),
        server_url: row.try_get(2)?,
        main_number: row.try_get(3)?,
        home: home.parse().unwrap_or(Region::US),
    })
}
