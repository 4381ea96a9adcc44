//! Keeping many accounts current, fairly.
//!
//! Every account that is due has a task of its own, so one that fails, hangs or waits for its rate
//! limit holds nobody up. What they share is memory and the archive's one writer: a [`Gate`] lets so
//! many pages in at a time, first come, first served, so a large back-fill and a small account take
//! turns, page by page.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use callbook_ringcentral::{Client, Connection, Retry};
use callbook_store::{Account, Attempt, Registration, Store};
use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinSet;
use tracing::Instrument as _;

use crate::{ArchivedBudgets, Error, Gate, Options, Summary, sync};

/// How often the list of accounts is read again: it may have changed meanwhile.
const LOOK_EVERY: Duration = Duration::from_secs(15);

/// What came of one account's turn.
#[derive(Debug)]
pub struct Turn {
    /// The registered name.
    pub name: String,
    /// When it began.
    pub started: Timestamp,
    /// What it did, or why not.
    pub outcome: Result<Summary, TurnError>,
}

/// Why an account's turn came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum TurnError {
    /// Its credentials could not be had.
    #[error("the credentials cannot be read")]
    Credentials(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The sync did not come to its end.
    #[error(transparent)]
    Sync(#[from] Error),
}

impl TurnError {
    /// Another process syncs this account right now: nothing is wrong.
    pub fn is_locked(&self) -> bool {
        matches!(self, Self::Sync(Error::Store(callbook_store::Error::Locked { .. })))
    }

    /// The server does not take the credentials.
    pub fn is_login_refused(&self) -> bool {
        matches!(self, Self::Sync(Error::Upstream(error)) if error.is_login_refused())
    }
}

/// How a registered account is signed in to.
pub trait Connect: Send + Sync + 'static {
    /// Reads the credentials that the registration refers to. Blocks.
    ///
    /// # Errors
    /// When they cannot be had.
    fn connect(
        &self,
        registration: &Registration,
    ) -> Result<Connection, Box<dyn std::error::Error + Send + Sync>>;
}

/// Syncs every account that is not paused, once; hands each turn to `report` as it ends.
///
/// # Errors
/// When the list of accounts cannot be read, or a turn cannot be noted.
pub async fn sync_all(
    store: &Store,
    connect: &Arc<impl Connect>,
    mut report: impl FnMut(&Turn),
) -> Result<(), Error> {
    let gate = Gate::default();
    let mut turns = JoinSet::new();
    for registration in in_order(store.registrations().await?) {
        turns.spawn(turn(store.clone(), Arc::clone(connect), registration, gate.clone()));
    }
    while let Some(ended) = turns.join_next().await {
        report(&noted(store, ended).await?);
    }
    Ok(())
}

/// Syncs every account whenever its schedule says so; returns on an error only. `tick` is called
/// every few seconds, for whatever else has to be looked after.
///
/// # Errors
/// As [`sync_all`].
pub async fn follow_all(
    store: &Store,
    connect: &Arc<impl Connect>,
    mut report: impl FnMut(&Turn),
    mut tick: impl AsyncFnMut(),
) -> Result<(), Error> {
    let gate = Gate::default();
    let (mut turns, mut running) = (JoinSet::new(), HashSet::new());
    loop {
        for registration in in_order(store.registrations().await?) {
            let due = due_at(&registration).is_none_or(|due| due <= Timestamp::now());
            if due && running.insert(registration.name.clone()) {
                turns.spawn(turn(store.clone(), Arc::clone(connect), registration, gate.clone()));
            }
        }
        tick().await;
        let look_again = tokio::time::sleep(LOOK_EVERY);
        tokio::pin!(look_again);
        loop {
            tokio::select! {
                Some(ended) = turns.join_next() => {
                    let turn = noted(store, ended).await?;
                    running.remove(&turn.name);
                    report(&turn);
                }
                () = &mut look_again => break,
            }
        }
    }
}

/// Those that are not paused, the one that has waited longest first.
fn in_order(mut registrations: Vec<Registration>) -> Vec<Registration> {
    registrations.retain(|each| !each.paused);
    registrations.sort_by_key(|each| (due_at(each), each.name.clone()));
    registrations
}

/// When its next turn is due; `None` if it never had one.
pub fn due_at(registration: &Registration) -> Option<Timestamp> {
    let last = Timestamp::from_millisecond(registration.last_attempt_ms?).ok()?;
    last.saturating_add(SignedDuration::from_secs(registration.settings.every_s)).ok()
}

async fn turn(
    store: Store,
    connect: Arc<impl Connect>,
    registration: Registration,
    gate: Gate,
) -> Turn {
    let (name, started) = (registration.name.clone(), Timestamp::now());
    // Whatever is logged meanwhile names the account.
    let span = tracing::error_span!("account", %name);
    let outcome = run(&store, connect, registration, gate).instrument(span).await;
    Turn { name, started, outcome }
}

async fn run(
    store: &Store,
    connect: Arc<impl Connect>,
    registration: Registration,
    gate: Gate,
) -> Result<Summary, TurnError> {
    let asked = registration.clone();
    // A command or a slow disk may be behind the credentials.
    let connection = tokio::task::spawn_blocking(move || connect.connect(&asked)).await;
    let connection = match connection {
        Ok(connection) => connection.map_err(TurnError::Credentials)?,
        Err(join) => return Err(TurnError::Credentials(Box::new(join))),
    };
    let server_url = connection.server_url.as_str().trim_end_matches('/').to_owned();
    let budgets = ArchivedBudgets::of(store);
    let client =
        Client::sharing(connection, Retry::default(), Some(budgets)).map_err(Error::Upstream)?;
    let options = Options { gate: Some(gate), ..Options::of(&registration.settings) };
    Ok(sync(&client, store, &server_url, options, |_| {}).await?)
}

/// Writes a turn down; a panic in it goes on here.
async fn noted(store: &Store, ended: Result<Turn, tokio::task::JoinError>) -> Result<Turn, Error> {
    let turn = match ended {
        Ok(turn) => turn,
        Err(join) => match join.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime is shutting down.
            Err(_) => std::future::pending().await,
        },
    };
    let error = match &turn.outcome {
        Err(error) if error.is_locked() => return Ok(turn),
        Err(error) => Some(in_full(error)),
        Ok(_) => None,
    };
    let account = match &turn.outcome {
        Ok(summary) => {
            let accounts = store.accounts().await?;
            let of_this_id = |account: &&Account| account.id.0 == summary.account_id;
            accounts.iter().find(of_this_id).map(|account| account.key)
        }
        Err(_) => None,
    };
    let login_refused = turn.outcome.as_ref().err().is_some_and(TurnError::is_login_refused);
    let at_ms = Timestamp::now().as_millisecond();
    let attempt = Attempt { at_ms, account, login_refused, error };
    store.note_attempt(&turn.name, attempt).await?;
    Ok(turn)
}

/// An error and its causes, in one line.
pub fn in_full(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    let mut text = error.to_string();
    for cause in causes.map(ToString::to_string) {
        if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}
