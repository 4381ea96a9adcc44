//! Rate limits that outlive the process, and that all processes serving an account share.
//!
//! On PostgreSQL every request is counted there before it is answered: one small statement, unless another process
//! counted meanwhile. On SQLite a write waits for the disk, so requests are counted in memory and written once a
//! second: a process that is killed forgets the last second, and several on one file are a second behind each other.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use callbook_api::{
    Decision, Group, Limit, LimitKey, Limiter, Plan, PortError, SlidingLog, Verdict,
};
use callbook_store::{AccountKey, Rate, Store};
use jiff::Timestamp;

use crate::failed;
use crate::memory::Memory;

/// How often what was counted in memory is written.
const WRITTEN_EVERY: Duration = Duration::from_secs(1);

/// How soon an app's new limits count.
const MEMORY: Duration = Duration::from_secs(5);

/// App, extension id (0 for nobody), class.
type Key = (String, u64, &'static str);

/// Counts requests, and refuses those over the limit.
#[derive(Debug)]
pub struct ArchiveLimiter {
    store: Store,
    account: AccountKey,
    plan: Plan,
    /// Plans of apps that have their own.
    plans: Memory<String, Plan>,
    counts: Mutex<HashMap<Key, Count>>,
}

/// What is known of one count.
#[derive(Debug, Clone)]
struct Count {
    limit: Limit,
    /// Of the row that it was last the same as.
    revision: i64,
    log: SlidingLog,
    changed: bool,
}

impl ArchiveLimiter {
    /// Goes on with what was counted before. `plan` is that of apps without one of their own.
    #[must_use]
    pub fn new(store: Store, account: AccountKey, plan: Plan) -> Self {
        Self { store, account, plan, plans: Memory::new(MEMORY), counts: Mutex::default() }
    }

    /// Counts a request against a limit that is no plan's.
    pub(crate) async fn count(
        &self,
        key: Key,
        limit: Limit,
        now: Timestamp,
    ) -> Result<Decision, PortError> {
        let mut count = self.known(&key, limit).await?;
        if !self.store.writes_are_cheap() {
            let mut counts = self.lock();
            let count = counts.entry(key).or_insert(count);
            count.changed = true;
            return Ok(count.log.check(&limit, now));
        }
        loop {
            let mut log = count.log.clone();
            let decision = log.check(&limit, now);
            let next = Count { limit, log, ..count };
            let written = self.store.put_rates(self.account, vec![next.rate(&key)?]).await;
            match written.map_err(failed)?.pop().flatten() {
                Some(there) => count = Count::of(limit, &there),
                None => {
                    self.remember(key, Count { revision: next.revision + 1, ..next });
                    return Ok(decision);
                }
            }
        }
    }

    /// What was counted last, as far as this process knows.
    async fn known(&self, key: &Key, limit: Limit) -> Result<Count, PortError> {
        if let Some(count) = self.lock().get(key) {
            return Ok(count.clone());
        }
        let none = Count { limit, revision: 0, log: SlidingLog::default(), changed: false };
        if self.store.writes_are_cheap() {
            return Ok(none);
        }
        let (app, extension, class) = key;
        let found = self.store.rate(self.account, app, *extension, class).await.map_err(failed)?;
        Ok(found.map_or(none, |rate| Count::of(limit, &rate)))
    }

    fn remember(&self, key: Key, count: Count) {
        let mut counts = self.lock();
        let known = counts.entry(key).or_insert_with(|| count.clone());
        if known.revision < count.revision {
            *known = count;
        }
    }

    /// Writes what was counted, once a second, until `stop` completes, and a last time then.
    pub async fn keep(&self, stop: impl Future<Output = ()>) {
        let mut stop = std::pin::pin!(stop);
        loop {
            let stopped = tokio::time::timeout(WRITTEN_EVERY, &mut stop).await.is_ok();
            if let Err(error) = self.write().await {
                tracing::warn!(?error, "what was counted against rate limits cannot be written");
            }
            if stopped {
                return;
            }
        }
    }

    /// Writes what has changed, and forgets what says nothing any more.
    ///
    /// # Errors
    /// When the archive cannot be written: it is tried again the next time.
    pub async fn write(&self) -> Result<(), PortError> {
        let changed: Vec<(Key, Count)> = {
            let counts = self.lock();
            let changed = counts.iter().filter(|(_, count)| count.changed);
            changed.map(|(key, count)| (key.clone(), count.clone())).collect()
        };
        if !changed.is_empty() {
            let rates = changed.iter().map(|(key, count)| count.rate(key));
            let rates = rates.collect::<Result<Vec<_>, _>>()?;
            let written = self.store.put_rates(self.account, rates).await.map_err(failed)?;
            let mut counts = self.lock();
            for ((key, before), there) in changed.into_iter().zip(written) {
                if let Some(count) = counts.get_mut(&key) {
                    count.was_written(&before, there.as_ref());
                }
            }
        }
        let now = Timestamp::now();
        let forgotten = {
            let mut counts = self.lock();
            let before = counts.len();
            counts.retain(|_, count| count.changed || count.log.expires(&count.limit) > now);
            counts.len() < before
        };
        if forgotten {
            let forgotten = self.store.forget_rates(self.account, now.as_millisecond()).await;
            forgotten.map_err(failed)?;
        }
        Ok(())
    }

    /// The plan of an app.
    async fn plan_of(&self, app: &str) -> Result<Plan, PortError> {
        if let Some(plan) = self.plans.get(&app.to_owned()) {
            return Ok(plan);
        }
        let found = self.store.app(self.account, app).await.map_err(failed)?;
        let own = found.and_then(|app| app.plan).and_then(|plan| plan.parse().ok());
        let plan = own.unwrap_or(self.plan);
        self.plans.put(app.to_owned(), plan);
        Ok(plan)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Count>> {
        // No change leaves it half done.
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Count {
    /// What a row says; one that cannot be read says nothing.
    fn of(limit: Limit, rate: &Rate) -> Self {
        let log = serde_json::from_str(&rate.log).unwrap_or_default();
        Self { limit, revision: rate.revision, log, changed: false }
    }

    fn rate(&self, key: &Key) -> Result<Rate, PortError> {
        let (app, extension, class) = key.clone();
        Ok(Rate {
            app,
            extension,
            class: class.to_owned(),
            revision: self.revision,
            log: serde_json::to_string(&self.log).map_err(failed)?,
            expires_ms: self.log.expires(&self.limit).as_millisecond(),
        })
    }

    /// Takes in what became of it as it was `before`: it was written, or another process's is `there`.
    fn was_written(&mut self, before: &Self, there: Option<&Rate>) {
        match there {
            Some(there) => {
                let other = Self::of(self.limit, there);
                self.log.merge(&other.log);
                self.revision = other.revision;
            }
            None => {
                self.revision = before.revision + 1;
                self.changed = self.log != before.log;
            }
        }
    }
}

impl Limiter for ArchiveLimiter {
    async fn check(
        &self,
        key: &LimitKey,
        group: Group,
        now: Timestamp,
    ) -> Result<Verdict, PortError> {
        let Some(limit) = self.plan_of(&key.app).await?.limit(group) else { return Ok(None) };
        let user = key.user.map_or(0, |user| user.0);
        self.count((key.app.clone(), user, group.name()), limit, now).await.map(Some)
    }
}
