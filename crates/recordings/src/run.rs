//! All recordings of an account that are wanted, by all of its users.

use std::collections::{HashSet, VecDeque};
use std::path::Path;

use callbook_ringcentral::{Client, Priority};
use callbook_store::{Account, Store, WantedQuery};
use futures_util::future::join_all;
use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::Mutex;

use crate::Error;
use crate::expiry::{DAY_MS, Keeping, Outlook, forecast};
use crate::keep::{Keeper, Outcome};
use crate::order::{Advice, Next, Order, sort};
use crate::place::Place;
use crate::spool::Spool;

/// What each user fetches at a time: while one content is put away, the next one comes.
const AT_ONCE: usize = 2;

/// Rows read at a time.
const BATCH: u32 = 50;

/// After so many failures in a row, of whatever recordings, it is not the recordings.
const MOST_FAILURES: u32 = 6;

/// Objects deleted at a time.
const DELETIONS: u32 = 100;

/// What it takes to fetch an account's recordings.
#[derive(Debug)]
pub struct Fetching<'a> {
    /// The archive.
    pub store: &'a Store,
    /// Whose recordings.
    pub account: &'a Account,
    /// Signed-in users of the account, at least one: each has a rate budget of its own.
    pub clients: &'a [Client],
    /// Where recordings go.
    pub place: &'a Place,
    /// A folder for those on their way.
    pub spool: &'a Path,
    /// What upstream keeps.
    pub keeping: Keeping,
}

/// What a run did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Fetched {
    /// Recordings that are here now.
    pub kept: u64,
    /// Their length together.
    pub bytes: u64,
    /// Recordings that upstream does not have (any more).
    pub lost: u64,
    /// Recordings put off.
    pub later: u64,
}

/// Fetches whatever recordings are wanted by now, in the order that upstream drops them. Only one process does so for
/// an account at a time.
///
/// # Errors
/// When the server, the archive, the spool or the place fail for good, or no user may read recordings. What was kept
/// stays; the next run goes on there.
pub async fn fetch_recordings(
    fetching: &Fetching<'_>,
    progress: impl Fn(&Fetched),
) -> Result<Fetched, Error> {
    let Fetching { store, account, clients, .. } = *fetching;
    same_account(account, clients).await?;
    let lock = store.lock_recordings(account.key).await?;
    store.find_recordings(account.key).await?;
    // What is damaged makes way for what is fetched again.
    if let Err(error) = delete_doomed(store, fetching.place).await {
        tracing::warn!(%error, "objects that nothing refers to are not deleted");
    }
    let run = Run::open(fetching, &progress).await?;
    let workers = (0..clients.len()).flat_map(|user| [user; AT_ONCE]);
    let ended = join_all(workers.map(|user| run.work(user))).await;
    run.note_capacity().await?;
    drop(lock);
    let state = run.state.into_inner();
    for error in ended.into_iter().filter_map(Result::err) {
        if state.stopped || !state.exhausted || !state.proven {
            return Err(error);
        }
        tracing::warn!(%error, "a user fetched no recordings; the others did");
    }
    Ok(state.fetched)
}

/// Deletes objects that nothing refers to any more, because their calls were erased.
///
/// # Errors
/// When the archive or the place fail.
pub async fn delete_doomed(store: &Store, place: &Place) -> Result<(), Error> {
    loop {
        let doomed = store.doomed_objects(DELETIONS).await?;
        for object in &doomed {
            place.delete(object).await?;
            store.forget_object(object).await?;
        }
        if doomed.len() < DELETIONS as usize {
            return Ok(());
        }
    }
}

async fn same_account(account: &Account, clients: &[Client]) -> Result<(), Error> {
    for (place, client) in clients.iter().enumerate().skip(1) {
        let found = client.account().await?.id;
        if found != account.id {
            let (found, expected) = (found.0, account.id.0);
            return Err(Error::OtherAccount { user: place + 1, found, expected });
        }
    }
    Ok(())
}

/// What the workers share.
struct Run<'a, P> {
    keeper: Keeper,
    clients: &'a [Client],
    keeping: Keeping,
    progress: &'a P,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    order: Order,
    batch: VecDeque<Next>,
    in_hand: HashSet<String>,
    thorough: bool,
    fetched: Fetched,
    /// In a row.
    failures: u32,
    /// Some user may read recordings.
    proven: bool,
    /// Nobody is to go on.
    stopped: bool,
    /// There was nothing left.
    exhausted: bool,
}

impl<'a, P: Fn(&Fetched)> Run<'a, P> {
    async fn open(fetching: &Fetching<'a>, progress: &'a P) -> Result<Self, Error> {
        let spool = Spool::open(fetching.spool)
            .map_err(|source| Error::Folder { path: fetching.spool.to_owned(), source })?;
        let (store, account) = (fetching.store.clone(), fetching.account.clone());
        let keeper = Keeper { store, account, place: fetching.place.clone(), spool };
        keeper.sweep().await?;
        let (clients, keeping) = (fetching.clients, fetching.keeping);
        Ok(Self { keeper, clients, keeping, progress, state: Mutex::default() })
    }

    /// Fetches one after the other, until there are none, or this user or nobody can.
    async fn work(&self, user: usize) -> Result<(), Error> {
        let mut proven = false;
        let (before, from) = self.clients.split_at(user);
        let clients: Vec<&Client> = from.iter().chain(before).collect();
        while let Some((next, thorough)) = self.next().await? {
            let outcome = self.keeper.keep(&clients, &next.row, thorough).await;
            let ended = match outcome {
                Ok(outcome) => {
                    proven = true;
                    self.note(&next, outcome).await
                }
                Err(error) => self.failed(&next, error, proven).await,
            };
            self.state.lock().await.in_hand.remove(&next.row.id);
            ended?;
        }
        Ok(())
    }

    async fn next(&self) -> Result<Option<(Next, bool)>, Error> {
        let mut state = self.state.lock().await;
        if state.stopped {
            return Ok(None);
        }
        if state.batch.is_empty() {
            self.refill(&mut state).await?;
        }
        let Some(next) = state.batch.pop_front() else {
            state.exhausted = true;
            return Ok(None);
        };
        state.in_hand.insert(next.row.id.clone());
        Ok(Some((next, state.thorough)))
    }

    async fn refill(&self, state: &mut State) -> Result<(), Error> {
        let now_ms = Timestamp::now().as_millisecond();
        let from_ms = now_ms - (i64::from(self.keeping.days) + 1) * DAY_MS;
        let hours = self.keeper.store.recording_hours(self.keeper.account.key, from_ms).await?;
        let outlook = Outlook { keeping: self.keeping, hours: &hours, now_ms };
        // A second request for each must not be what loses others.
        let capacity = self.capacity_a_day().await.map(|a_day| a_day as f64 / 2.0);
        let is_loss_free = |a_day| forecast(&outlook, a_day).first_loss_ms.is_none();
        state.thorough = capacity.is_none_or(is_loss_free);
        let limit = BATCH + u32::try_from(state.in_hand.len()).unwrap_or(u32::MAX);
        let [capped, other, rest @ ..] = state.order.queries(&outlook, limit);
        let mut batch = self.wanted(capped, &state.in_hand).await?;
        batch.extend(self.wanted(other, &state.in_hand).await?);
        sort(&outlook, &mut batch, BATCH as usize);
        for query in rest {
            if batch.is_empty() {
                batch = self.wanted(query, &state.in_hand).await?;
            }
        }
        state.batch = batch.into();
        Ok(())
    }

    async fn wanted(
        &self,
        query: WantedQuery,
        in_hand: &HashSet<String>,
    ) -> Result<Vec<Next>, Error> {
        let newest_first = query.newest_first;
        let rows = self.keeper.store.wanted_recordings(self.keeper.account.key, query).await?;
        let rows = rows.into_iter().filter(|row| !in_hand.contains(&row.id));
        Ok(rows.map(|row| Next { row, newest_first }).collect())
    }

    async fn note(&self, next: &Next, outcome: Outcome) -> Result<(), Error> {
        let (capped, start_ms) = (next.row.capped, next.row.start_ms);
        let mut state = self.state.lock().await;
        (state.failures, state.proven) = (0, true);
        match outcome {
            Outcome::Kept { bytes } => {
                state.order.fetched(capped, next.newest_first);
                state.fetched.kept += 1;
                state.fetched.bytes += bytes;
            }
            Outcome::Gone => {
                state.fetched.lost += 1;
                match state.order.gone(capped, start_ms, next.newest_first) {
                    Advice::GoOn => {}
                    Advice::AskAgain => state.batch.clear(),
                    Advice::GiveUp { before_ms } => {
                        state.fetched.lost += self.give_up(capped, before_ms).await?;
                        state.batch.clear();
                    }
                }
            }
            Outcome::Later => state.fetched.later += 1,
            Outcome::Dropped => {}
        }
        (self.progress)(&state.fetched);
        Ok(())
    }

    async fn give_up(&self, capped: bool, before_ms: i64) -> Result<u64, Error> {
        let (store, key) = (&self.keeper.store, self.keeper.account.key);
        let at_ms = Timestamp::now().as_millisecond();
        let why = "upstream has none that old";
        Ok(store.lose_recordings(key, capped, before_ms, why, at_ms).await?)
    }

    /// Goes on with others where it may be this recording's fault.
    async fn failed(&self, next: &Next, error: Error, proven: bool) -> Result<(), Error> {
        let mut state = self.state.lock().await;
        if error.is_the_users() && !proven {
            state.batch.push_front(next.clone());
            return Err(error);
        }
        let its_own = matches!(error, Error::Upstream(_) | Error::OtherObject { .. });
        state.failures += 1;
        if !its_own || state.failures >= MOST_FAILURES {
            state.stopped = true;
            return Err(error);
        }
        tracing::warn!(%error, recording = next.row.id, "a recording is put off");
        state.fetched.later += 1;
        self.keeper.later(&next.row, &error.to_string()).await?;
        Ok(())
    }

    /// What all users may fetch together; `None` while no server has said so.
    async fn capacity_a_day(&self) -> Option<u64> {
        let each = self.clients.iter().map(|client| client.recordings_a_day(Priority::Low));
        let known: Vec<u64> = join_all(each).await.into_iter().flatten().collect();
        // Those that have not asked yet are as fast as the others, as far as anybody knows.
        let users = self.clients.len() as u64;
        (!known.is_empty()).then(|| known.iter().sum::<u64>() * users / known.len() as u64)
    }

    async fn note_capacity(&self) -> Result<(), Error> {
        if let Some(a_day) = self.capacity_a_day().await {
            let a_day = i64::try_from(a_day).unwrap_or(i64::MAX);
            self.keeper.store.note_recording_capacity(self.keeper.account.key, a_day).await?;
        }
        Ok(())
    }
}
