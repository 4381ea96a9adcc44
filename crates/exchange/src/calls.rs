//! Calls of an archive, newest first, read piece by piece.

use std::collections::VecDeque;

use callbook_model::Scope;
use callbook_store::{AccountKey, CallFilter, CallRow, Error, Position, Store};
use tokio::task::JoinHandle;

/// Calls read at a time.
const PAGE: u32 = 1000;

/// How much of each record is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// Without legs.
    Simple,
    /// The whole record.
    Detailed,
}

/// Where calls come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The filter's log, and what was imported from the portal and is not in it.
    All,
    /// The filter's log.
    RingCentral,
    /// What was imported from the portal, be it in the log or not.
    Portal,
}

/// Which calls, and how much of them.
#[derive(Debug, Clone)]
pub struct Query {
    /// Which; its scope is RingCentral's log.
    pub filter: CallFilter,
    /// From where.
    pub sources: Source,
    /// How much of each record.
    pub view: View,
    /// How many at most.
    pub limit: u32,
}

/// A call, and the log that it is from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Which log.
    pub scope: Scope,
    /// The call.
    pub call: CallRow,
}

/// The calls that a query finds. While one piece is worked at, the next is read.
#[derive(Debug)]
pub struct Calls {
    logs: Vec<LogReader>,
    /// How many more may be given.
    left: u32,
}

impl Calls {
    /// Begins.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn new(store: &Store, account: AccountKey, query: Query) -> Result<Self, Error> {
        let Query { filter, sources, view, limit } = query;
        // One more tells whether there are more.
        let at_most = limit.saturating_add(1);
        let log = |filter| LogReader::new(store.clone(), account, filter, view, at_most);
        let portal = CallFilter { scope: Scope::PORTAL, ..filter.clone() };
        let logs = match sources {
            Source::RingCentral => vec![log(filter)],
            Source::Portal => vec![log(portal)],
            Source::All if store.scopes(account).await?.contains(&Scope::PORTAL) => {
                let unless_in = Some(filter.scope);
                vec![log(filter), log(CallFilter { unless_in, ..portal })]
            }
            Source::All => vec![log(filter)],
        };
        Ok(Self { logs, left: limit })
    }

    /// The next call.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn next(&mut self) -> Result<Option<Listed>, Error> {
        if self.left == 0 || !self.has_more().await? {
            return Ok(None);
        }
        self.left -= 1;
        let newest = self.logs.iter_mut().max_by_key(|log| log.next_start_ms());
        Ok(newest.and_then(|log| {
            let call = log.read.pop_front()?;
            Some(Listed { scope: log.filter.scope, call })
        }))
    }

    /// Whether there is another call, within the limit or beyond.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn has_more(&mut self) -> Result<bool, Error> {
        for log in &mut self.logs {
            log.fill().await?;
        }
        Ok(self.logs.iter().any(|log| !log.read.is_empty()))
    }
}

/// The calls of one log.
#[derive(Debug)]
struct LogReader {
    store: Store,
    account: AccountKey,
    filter: CallFilter,
    view: View,
    /// How many more are wanted.
    left: u32,
    read: VecDeque<CallRow>,
    /// The piece that is being read, if there may be one.
    next: Option<JoinHandle<Result<Vec<CallRow>, Error>>>,
}

impl LogReader {
    fn new(store: Store, account: AccountKey, filter: CallFilter, view: View, left: u32) -> Self {
        let read = VecDeque::new();
        let mut reader = Self { store, account, filter, view, left, read, next: None };
        reader.next = Some(reader.read_on(None));
        reader
    }

    /// Begins to read a piece.
    fn read_on(&self, after: Option<Position>) -> JoinHandle<Result<Vec<CallRow>, Error>> {
        let (store, account, filter) = (self.store.clone(), self.account, self.filter.clone());
        let (view, page) = (self.view, self.left.min(PAGE));
        tokio::spawn(async move {
            match view {
                View::Simple => store.calls(account, filter, after, page).await,
                View::Detailed => store.whole_calls(account, filter, after, page).await,
            }
        })
    }

    /// Makes sure that the next call is there, unless there are no more.
    async fn fill(&mut self) -> Result<(), Error> {
        if !self.read.is_empty() {
            return Ok(());
        }
        let Some(next) = self.next.take() else { return Ok(()) };
        let calls = match next.await {
            Ok(calls) => calls?,
            Err(join) => std::panic::resume_unwind(join.into_panic()),
        };
        let read = calls.len() as u32;
        let is_last = read < self.left.min(PAGE);
        self.left -= read;
        // What nobody wants is not read: it may be long in coming.
        if !is_last && self.left > 0 {
            self.next = Some(self.read_on(calls.last().map(|call| call.position)));
        }
        self.read = calls.into();
        Ok(())
    }

    fn next_start_ms(&self) -> Option<i64> {
        self.read.front().map(|call| call.position.start_ms)
    }
}
