//! What was read of a file, in pieces for one transaction each.

use std::collections::HashSet;
use std::io;
use std::mem::take;

use callbook_model::{Region, Scope};
use callbook_store::{Decoder, Error as StoreError, Fact, Quarantined, Seen, State};
use serde_json::json;
use tokio::sync::mpsc::Sender;

use super::BadLine;

/// Records in one transaction: some 20 ms of the writer's time.
const RECORDS_AT_ONCE: usize = 250;

/// What was read.
#[derive(Debug)]
pub(super) enum Piece {
    Directory(Vec<Fact>),
    Records(Records),
}

/// Records of one log, of different calls, and lines that are none.
#[derive(Debug)]
pub(super) struct Records {
    pub(super) scope: Scope,
    pub(super) states: Vec<State>,
    pub(super) bad: Vec<(BadLine, Quarantined)>,
}

/// Why reading ended before its time.
#[derive(Debug)]
pub(super) enum Stop {
    /// The file cannot be read.
    Unreadable(io::Error),
    /// There is no memory.
    Failed(StoreError),
    /// Nobody takes the pieces any more: writing has failed, and says why.
    Gone,
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Unreadable(error)
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

/// Puts pieces together and hands them on.
pub(super) struct Pieces<'a> {
    send: &'a Sender<Piece>,
    decoder: Decoder,
    file: String,
    scope: Scope,
    states: Vec<State>,
    ids: HashSet<String>,
    bad: Vec<(BadLine, Quarantined)>,
}

impl<'a> Pieces<'a> {
    /// `file` is its name, for people; what is no record goes to the quarantine of `scope`.
    pub(super) fn new(
        send: &'a Sender<Piece>,
        home: Region,
        file: String,
        scope: Scope,
    ) -> Result<Self, Stop> {
        let (decoder, states, ids, bad) =
            (Decoder::new(home)?, Vec::new(), HashSet::new(), Vec::new());
        Ok(Self { send, decoder, file, scope, states, ids, bad })
    }

    pub(super) fn directory(&self, facts: Vec<Fact>) -> Result<(), Stop> {
        self.send.blocking_send(Piece::Directory(facts)).map_err(|_| Stop::Gone)
    }

    /// A record that was read; `seen` as in [`State::seen`].
    pub(super) fn record(
        &mut self,
        line: u64,
        scope: Scope,
        json: &str,
        seen: Option<Seen>,
    ) -> Result<(), Stop> {
        let incoming = match self.decoder.decode(json)? {
            Ok(incoming) => incoming,
            Err(bad) => return self.bad(line, bad.reason().to_owned(), json),
        };
        // States of one call go one after the other.
        if scope != self.scope || self.ids.contains(&incoming.record().id) {
            self.finish()?;
            self.scope = scope;
        }
        self.ids.insert(incoming.record().id.clone());
        self.states.push(State { incoming, seen });
        self.finish_if_full()
    }

    /// A line that is no record. It is kept with the place that it was at.
    pub(super) fn bad(&mut self, line: u64, reason: String, text: &str) -> Result<(), Stop> {
        let kept = json!({ "file": self.file, "line": line, "text": text }).to_string();
        let told = format!("{}, line {line}: {reason}", self.file);
        self.bad.push((BadLine { line, reason }, Quarantined::new(kept, told)));
        self.finish_if_full()
    }

    fn finish_if_full(&mut self) -> Result<(), Stop> {
        if self.states.len() + self.bad.len() < RECORDS_AT_ONCE { Ok(()) } else { self.finish() }
    }

    /// Hands on what there is.
    pub(super) fn finish(&mut self) -> Result<(), Stop> {
        self.ids.clear();
        let (states, bad) = (take(&mut self.states), take(&mut self.bad));
        if states.is_empty() && bad.is_empty() {
            return Ok(());
        }
        let piece = Piece::Records(Records { scope: self.scope, states, bad });
        self.send.blocking_send(piece).map_err(|_| Stop::Gone)
    }
}
