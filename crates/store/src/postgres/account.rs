//! Accounts and their extensions.

use callbook_model::{AccountId, ExtensionId, Region, Scope};
use jiff::Timestamp;
use tokio_postgres::Row;

use super::failure::{Failure, retried};
use super::{Postgres, each, execute, plain};
use crate::account::{number, scope_number};
use crate::{Account, AccountKey, Error, Extension};

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

    pub(crate) async fn put_extensions(
        &self,
        account: AccountKey,
        extensions: Vec<Extension>,
    ) -> Result<(), Error> {
        // Of several with one id the last counts; one statement may change a row once.
        let by_id: std::collections::BTreeMap<i64, &Extension> =
            extensions.iter().map(|each| (number(each.id.0), each)).collect();
        let text = |of: fn(&Extension) -> &Option<String>| -> Vec<_> {
            by_id.values().map(|each| of(each).as_deref().map(plain)).collect()
        };
        let ids: Vec<i64> = by_id.keys().copied().collect();
        let (numbers, names, kinds) = (text(|e| &e.number), text(|e| &e.name), text(|e| &e.kind));
        let once = || async {
            let mut client = self.client().await?;
            let transaction = client.transaction().await?;
            let sql = "UPDATE extension SET number = NULL WHERE account = $1";
            execute(&transaction, sql, &[&account.0]).await?;
            let sql = "INSERT INTO extension (account, id, number, name, type)
                 SELECT $1, * FROM unnest($2::int8[], $3::text[], $4::text[], $5::text[])
                 ON CONFLICT (account, id) DO UPDATE
                 SET number = excluded.number, name = excluded.name, type = excluded.type";
            execute(&transaction, sql, &[&account.0, &ids, &numbers, &names, &kinds]).await?;
            Ok::<_, Failure>(transaction.commit().await?)
        };
        retried!(self, once())
    }

    pub(crate) async fn extensions(&self, account: AccountKey) -> Result<Vec<Extension>, Error> {
        let sql = "SELECT id, number, name, type FROM extension WHERE account = $1 ORDER BY id";
        let rows = self.rows(sql, &[&account.0]).await?;
        each(self, &rows, |row| {
            Ok(Extension {
                id: ExtensionId(row.try_get::<_, i64>(0)?.cast_unsigned()),
                number: row.try_get(1)?,
                name: row.try_get(2)?,
                kind: row.try_get(3)?,
            })
        })
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
