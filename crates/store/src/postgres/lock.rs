//! The locks of accounts' syncers, and of who fetches their recordings. All of a process are held by one session, which the server ends with the
//! process: 200 accounts must not take 200 connections.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio_postgres::Client;

use super::failure::{Failure, retried};
use super::{DELIVERY_LOCKS, LAKE_LOCKS, LOCKS, Postgres, RECORDING_LOCKS};
use crate::{AccountKey, Error, SyncLock, WorkLock};

/// A lock that was just dropped, or whose process has just ended, is free a moment later.
const ENDING: Duration = Duration::from_secs(1);
/// So long a lock is waited for when its session broke: the server may not have noticed yet.
const BROKEN: Duration = Duration::from_secs(90);
/// A holder who does not say its number.
const UNKNOWN: &str = "unknown";
/// From one look to the next.
const POLL: Duration = Duration::from_millis(50);

/// The session of an archive's locks.
#[derive(Default)]
pub(super) struct Locks {
    /// There is one as long as a lock uses it.
    session: tokio::sync::Mutex<Weak<Client>>,
    /// What is locked: the server would grant its own session a lock twice.
    claimed: Claimed,
}

type Claimed = Arc<Mutex<HashSet<Key>>>;

/// The two numbers of a lock: what it is for, and the account. Accounts are numbered from 1 on.
type Key = (i32, i32);

/// A lock that nobody else of this process may take.
struct Claim {
    claimed: Claimed,
    key: Key,
}

/// A lock, and the session that has it.
struct Held {
    claim: Option<Claim>,
    session: tokio::sync::Mutex<Session>,
}

#[derive(Default)]
struct Session {
    client: Option<Arc<Client>>,
    /// The server has said so. It may have the lock without having said so.
    taken: bool,
}

impl Postgres {
    pub(crate) async fn lock_sync(&self, account: AccountKey) -> Result<SyncLock, Error> {
        retried!(self, self.lock_once(account))
    }

    pub(crate) async fn sync_holder(&self, account: AccountKey) -> Result<Option<String>, Error> {
        let key = key(LOCKS, account);
        let once = || async { Ok::<_, Failure>(holder(&*self.client().await?, key).await?) };
        retried!(self, once())
    }

    async fn lock_once(&self, account: AccountKey) -> Result<SyncLock, Failure> {
        let held = self.acquire(key(LOCKS, account)).await?;
        let client = self.client().await?;
        let sql = "UPDATE account SET fence = fence + 1 WHERE account = $1 RETURNING fence";
        let fence = client.query_one(sql, &[&account.0]).await?.try_get(0)?;
        Ok(SyncLock { account, fence, held: Box::new(held) })
    }

    pub(crate) async fn lock_recordings(&self, account: AccountKey) -> Result<WorkLock, Error> {
        let locked = self.lock_work(RECORDING_LOCKS, account).await?;
        locked.map_err(|holder| Error::RecordingsLocked { holder })
    }

    pub(crate) async fn lock_lake(&self, account: AccountKey) -> Result<WorkLock, Error> {
        let locked = self.lock_work(LAKE_LOCKS, account).await?;
        locked.map_err(|holder| Error::LakeLocked { holder })
    }

    pub(crate) async fn lock_deliveries(&self) -> Result<Option<WorkLock>, Error> {
        Ok(self.lock_work(DELIVERY_LOCKS, AccountKey(0)).await?.ok())
    }

    /// The lock, or who has it.
    async fn lock_work(
        &self,
        work: i32,
        account: AccountKey,
    ) -> Result<Result<WorkLock, String>, Error> {
        let held = retried!(self, self.acquire(key(work, account)));
        match held {
            Ok(held) => Ok(Ok(WorkLock { held: Box::new(held) })),
            Err(Error::Locked { holder }) => Ok(Err(holder)),
            Err(error) => Err(error),
        }
    }

    async fn acquire(&self, key: Key) -> Result<Held, Failure> {
        let claim = Some(self.claim(key).await?);
        let mut held = Held { claim, session: tokio::sync::Mutex::default() };
        if !self.take(held.session.get_mut(), key, ENDING).await? {
            let client = self.session().await?;
            let holder = holder(&client, key).await?.unwrap_or_else(|| UNKNOWN.to_owned());
            return Err(Error::Locked { holder }.into());
        }
        Ok(held)
    }

    /// Takes the lock again if its session broke. Somebody else may have had it in between: the fencing
    /// number tells.
    pub(super) async fn hold(&self, lock: &SyncLock) -> Result<(), Failure> {
        let Some(held) = lock.held.downcast_ref::<Held>() else {
            return Err(Error::TakenOver.into());
        };
        let mut session = held.session.lock().await;
        let open = session.client.as_ref().is_some_and(|client| !client.is_closed());
        if (open && session.taken)
            || self.take(&mut session, key(LOCKS, lock.account), BROKEN).await?
        {
            return Ok(());
        }
        Err(Error::TakenOver.into())
    }

    /// Whether the lock could be taken within some time.
    async fn take(&self, session: &mut Session, key: Key, time: Duration) -> Result<bool, Failure> {
        let client = self.session().await?;
        *session = Session { client: Some(Arc::clone(&client)), taken: false };
        session.taken = lock_within(&client, key, time).await?;
        if !session.taken {
            *session = Session::default();
        }
        Ok(session.taken)
    }

    async fn claim(&self, key: Key) -> Result<Claim, Error> {
        let claimed = Arc::clone(&self.shared.locks.claimed);
        let until = Instant::now() + ENDING;
        while !locked(&claimed).insert(key) {
            if Instant::now() >= until {
                return Err(Error::Locked { holder: std::process::id().to_string() });
            }
            tokio::time::sleep(POLL).await;
        }
        Ok(Claim { claimed, key })
    }

    async fn session(&self) -> Result<Arc<Client>, Failure> {
        let mut session = self.shared.locks.session.lock().await;
        if let Some(client) = session.upgrade().filter(|client| !client.is_closed()) {
            return Ok(client);
        }
        let client = Arc::new(self.shared.connector.connect().await?);
        *session = Arc::downgrade(&client);
        Ok(client)
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        locked(&self.claimed).remove(&self.key);
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let (client, claim) = (self.session.get_mut().client.take(), self.claim.take());
        let (Some(client), Some(claim)) = (client, claim) else { return };
        // Without a runtime there is no session any more either.
        let Ok(runtime) = Handle::try_current() else { return };
        runtime.spawn(async move {
            // Where it fails, the session has ended, and the lock with it.
            let sql = "SELECT pg_advisory_unlock($1, $2)";
            let _ = client.execute(sql, &[&claim.key.0, &claim.key.1]).await;
        });
    }
}

fn locked(claimed: &Mutex<HashSet<Key>>) -> MutexGuard<'_, HashSet<Key>> {
    claimed.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Tries to get the lock until some time has passed.
async fn lock_within(
    client: &Client,
    key: Key,
    time: Duration,
) -> Result<bool, tokio_postgres::Error> {
    let until = Instant::now() + time;
    loop {
        let sql = "SELECT pg_try_advisory_lock($1, $2)";
        if client.query_one(sql, &[&key.0, &key.1]).await?.try_get(0)? {
            return Ok(true);
        }
        if Instant::now() >= until {
            return Ok(false);
        }
        tokio::time::sleep(POLL).await;
    }
}

/// Who has the lock, if somebody has: the number that its process gave with its name.
async fn holder(client: &Client, key: Key) -> Result<Option<String>, tokio_postgres::Error> {
    let sql = "SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid)
         WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2
           AND l.classid = $1::int8::oid AND l.objid = $2::int8::oid
           AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    let values = [i64::from(key.0), i64::from(key.1)];
    let rows = client.query(sql, &[&values[0], &values[1]]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let name: Option<String> = row.try_get(0)?;
    let process = name.as_deref().and_then(|name| name.strip_prefix("callbook "));
    Ok(Some(process.unwrap_or(UNKNOWN).to_owned()))
}

fn key(purpose: i32, account: AccountKey) -> Key {
    (purpose, i32::try_from(account.0).unwrap_or(i32::MAX))
}
