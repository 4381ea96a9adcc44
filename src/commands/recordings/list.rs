//! `callbook recordings list`.

use std::collections::HashMap;

use callbook_exchange::{Calls, Query, Source, View};
use callbook_model::{CallRecord, Party, Scope};
use callbook_store::{Account, CallRow, RecordingQuery, RecordingRow, RecordingState, Store};
use clap::{Args, ValueEnum};
use comfy_table::Row;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::commands::filter::{Filter, Meant};
use crate::config::Config;
use crate::failure::{self, ExitCodeNumber};
use crate::output::{self, Array, note};
use crate::time;

/// Calls whose recordings are looked up at a time.
const AT_ONCE: usize = 200;

/// Calls of a table, unless told otherwise.
const TABLE_CALLS: u32 = 50;

const EXAMPLES: &str = "\
Examples:
  callbook recordings list --queue Support
  callbook recordings list --from 2024-01-01 --limit 0
  callbook recordings list --state lost                  also of calls that were deleted upstream";

/// List recordings of calls, newest first
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct List {
    #[command(flatten)]
    filter: Filter,
    /// Those that are here, those that are still to be fetched, or those that upstream has no more
    #[arg(long)]
    state: Option<State>,
    /// Of how many calls at most; 0 for all [default: 50 in a table, else all]
    #[arg(long, value_name = "N")]
    limit: Option<u32>,
    /// Print as JSON
    #[arg(long)]
    json: bool,
}

/// What became of a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum State {
    Kept,
    Wanted,
    Lost,
}

impl State {
    fn is_of(self, row: &RecordingRow) -> bool {
        let state = match self {
            Self::Kept => RecordingState::Kept,
            Self::Wanted => RecordingState::Wanted,
            Self::Lost => RecordingState::Lost,
        };
        row.state == state
    }
}

/// A recording, and between whom it was.
struct Found {
    row: RecordingRow,
    who: String,
}

/// Recordings, read from the archive some calls at a time.
struct Reader<'a> {
    store: &'a Store,
    account: &'a Account,
    scope: Scope,
    state: Option<State>,
    calls: Calls,
}

impl List {
    pub async fn run(self, config: &Config) -> anyhow::Result<ExitCodeNumber> {
        let Meant { store, account, mut filter, zone, .. } = self.filter.open(config).await?;
        store.find_recordings(account.key).await?;
        let scope = filter.scope;
        filter.recorded = Some(true);
        // What is lost was often lost because its call was deleted.
        filter.deleted |= self.state == Some(State::Lost);
        let limit = match self.limit {
            // Few have the state that is asked for, and they may be old.
            None if !self.json && self.state.is_none() => TABLE_CALLS,
            None | Some(0) => u32::MAX,
            Some(limit) => limit,
        };
        // The portal's rows name none.
        let sources = Source::RingCentral;
        let query = Query { filter, sources, view: View::Simple, limit };
        let calls = Calls::new(&store, account.key, query).await?;
        let state = self.state;
        let mut reader = Reader { store: &store, account: &account, scope, state, calls };
        if self.json {
            let mut array = Array::new();
            while let Some(found) = reader.next().await? {
                found.iter().try_for_each(|found| array.push(&as_json(found).to_string()))?;
            }
            array.end()?;
            return Ok(failure::OK);
        }
        let mut table = output::table(&["START", "STATE", "LENGTH", "SIZE", "WHO", "ID"], &[4]);
        while let Some(found) = reader.next().await? {
            table.add_rows(found.iter().map(|found| row(found, &zone)));
        }
        output::print(&table)?;
        if reader.calls.has_more().await? {
            let calls = output::counted(limit.into(), "call");
            note!("only of the newest {calls} with a recording; --limit 0 shows all");
        }
        Ok(failure::OK)
    }
}

impl Reader<'_> {
    /// The recordings of the next calls; `None` after the last ones.
    async fn next(&mut self) -> anyhow::Result<Option<Vec<Found>>> {
        let mut calls = Vec::with_capacity(AT_ONCE);
        while calls.len() < AT_ONCE
            && let Some(listed) = self.calls.next().await?
        {
            calls.push(listed.call);
        }
        if calls.is_empty() {
            return Ok(None);
        }
        let ids = calls.iter().map(|call| call.id.clone()).collect();
        let query = RecordingQuery::Calls(self.scope, ids);
        let mut by_call: HashMap<String, Vec<RecordingRow>> = HashMap::new();
        for row in self.store.recordings(self.account.key, query).await? {
            if self.state.is_none_or(|state| state.is_of(&row)) {
                by_call.entry(row.call_id.clone()).or_default().push(row);
            }
        }
        let of_call = |call: &CallRow| {
            let record = call.json.as_deref();
            let record = record.and_then(|json| CallRecord::decode(json, self.account.home).ok());
            let who = record.map_or_else(String::new, |record| {
                format!("{} → {}", name(&record.from), name(&record.to))
            });
            let rows = by_call.remove(&call.id).unwrap_or_default();
            rows.into_iter().map(move |row| Found { row, who: who.clone() })
        };
        Ok(Some(calls.iter().flat_map(of_call).collect()))
    }
}

fn name(party: &Party) -> String {
    let number = || party.phone_number.clone().or_else(|| party.extension_number.clone());
    party.name.clone().or_else(number).unwrap_or_else(|| "?".to_owned())
}

fn row(Found { row, who }: &Found, zone: &TimeZone) -> Row {
    output::row([
        time::minute(row.start_ms, zone),
        row.state.as_str().to_owned(),
        row.duration_ms.map_or_else(String::new, time::length),
        row.bytes.map_or_else(String::new, |bytes| output::bytes(bytes.unsigned_abs())),
        who.clone(),
        row.id.clone(),
    ])
}

fn as_json(Found { row, who }: &Found) -> Value {
    let moment = |ms: i64| Timestamp::from_millisecond(ms).ok();
    json!({
        "id": row.id,
        "call_id": row.call_id,
        "session_id": row.session,
        "start": moment(row.start_ms),
        "who": who,
        "type": row.mode,
        "state": row.state.as_str(),
        "content_type": row.content_type,
        "bytes": row.bytes,
        "duration_ms": row.duration_ms,
        "sha256": row.sha256,
        "object": row.object,
        "done": row.done_ms.and_then(moment),
        "tries": row.tries,
        "note": row.note,
    })
}
