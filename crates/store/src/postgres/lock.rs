//! The lock of an account's syncer: of a session of its own, which the server ends with the process.

use std::time::{Duration, Instant};

use tokio::sync::Mutex;
use tokio_postgres::Client;

use super::failure::Failure;
use super::{LOCKS, Postgres};
use crate::{AccountKey, Error, SyncLock};

/// A lock that was just dropped, or whose process has just ended, is free a moment later.
const ENDING: Duration = Duration::from_secs(1);
/// So long the lock is waited for when its session broke: the server may not have noticed yet.
const BROKEN: Duration = Duration::from_secs(90);
/// From one look to the next.
const POLL: Duration = Duration::from_millis(50);

/// The session that has the lock.
struct Held(Mutex<Client>);

impl Postgres {
    pub(crate) async fn lock_sync(&self, account: AccountKey) -> Result<SyncLock, Error> {
        let locked = async {
            let client = self.shared.connector.connect().await?;
            if !lock_within(&client, account, ENDING).await? {
                return Err(Error::Locked { holder: holder(&client, account).await? }.into());
            }
            let sql = "UPDATE account SET fence = fence + 1 WHERE account = $1 RETURNING fence";
            let fence = client.query_one(sql, &[&account.0]).await?.try_get(0)?;
            Ok(SyncLock { account, fence, held: Box::new(Held(Mutex::new(client))) })
        };
        let locked: Result<SyncLock, Failure> = locked.await;
        locked.map_err(|failure| failure.name(self.location()))
    }

    /// Takes the lock again if its session broke. Somebody else may have had it in between: the fencing
    /// number tells.
    pub(super) async fn hold(&self, lock: &SyncLock) -> Result<(), Failure> {
        let Some(Held(session)) = lock.held.downcast_ref() else {
            return Err(Error::TakenOver.into());
        };
        let mut session = session.lock().await;
        if session.is_closed() {
            let client = self.shared.connector.connect().await?;
            if !lock_within(&client, lock.account, BROKEN).await? {
                return Err(Error::TakenOver.into());
            }
            *session = client;
        }
        Ok(())
    }
}

/// Tries to get the lock until some time has passed.
async fn lock_within(
    client: &Client,
    account: AccountKey,
    time: Duration,
) -> Result<bool, tokio_postgres::Error> {
    let until = Instant::now() + time;
    loop {
        let sql = "SELECT pg_try_advisory_lock($1, $2)";
        if client.query_one(sql, &[&LOCKS, &place(account)]).await?.try_get(0)? {
            return Ok(true);
        }
        if Instant::now() >= until {
            return Ok(false);
        }
        tokio::time::sleep(POLL).await;
    }
}

/// Who has the lock: the number that its process gave with its name.
async fn holder(client: &Client, account: AccountKey) -> Result<String, tokio_postgres::Error> {
    let sql = "SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid)
         WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2
           AND l.classid = $1::int8::oid AND l.objid = $2::int8::oid
           AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    let values = [i64::from(LOCKS), i64::from(place(account))];
    let rows = client.query(sql, &[&values[0], &values[1]]).await?;
    let name = rows.first().map(|row| row.try_get::<_, Option<String>>(0)).transpose()?.flatten();
    let process = name.as_deref().and_then(|name| name.strip_prefix("callbook "));
    Ok(process.unwrap_or("unknown").to_owned())
}

/// The second number of an account's lock. Accounts are numbered from 1 on.
fn place(account: AccountKey) -> i32 {
    i32::try_from(account.0).unwrap_or(i32::MAX)
}
