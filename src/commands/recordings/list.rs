//! `callbook recordings list`.

use std::collections::HashMap;

use callbook_exchange::{Calls, Query, Source, View};
use callbook_model::{CallRecord, Party};
use callbook_store::{RecordingQuery, RecordingRow};
use clap::Args;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::commands::filter::{Filter, Meant};
use crate::config::Config;
use crate::failure::{self, ExitCodeNumber};
use crate::output::{self, note};
use crate::{commands, time};

/// Calls whose recordings are looked up at a time.
const AT_ONCE: usize = 200;

/// Calls of a table, unless told otherwise.
const TABLE_CALLS: u32 = 50;

/// List recordings of calls, newest first
#[derive(Debug, Args)]
pub struct List {
    #[command(flatten)]
    filter: Filter,
    /// Of how many calls at most; 0 for all [default: 50 in a table, else all]
    #[arg(long, value_name = "N")]
    limit: Option<u32>,
    /// Print as JSON
    #[arg(long)]
    json: bool,
}

/// A recording, and between whom it was.
struct Found {
    row: RecordingRow,
    who: String,
}

impl List {
    pub async fn run(self, config: &Config) -> anyhow::Result<ExitCodeNumber> {
        let Meant { store, account, mut filter, zone, .. } = self.filter.open(config).await?;
        store.find_recordings(account.key).await?;
        let scope = filter.scope;
        filter.recorded = Some(true);
        let limit = match self.limit {
            None if !self.json => TABLE_CALLS,
            None | Some(0) => u32::MAX,
            Some(limit) => limit,
        };
        // The portal's rows name none.
        let sources = Source::RingCentral;
        let query = Query { filter, sources, view: View::Simple, limit };
        let mut calls = Calls::new(&store, account.key, query).await?;
        let mut found = Vec::new();
        loop {
            let mut piece = Vec::new();
            while piece.len() < AT_ONCE
                && let Some(listed) = calls.next().await?
            {
                piece.push(listed);
            }
            if piece.is_empty() {
                break;
            }
            let ids = piece.iter().map(|listed| listed.call.id.clone()).collect();
            let rows = store.recordings(account.key, RecordingQuery::Calls(scope, ids)).await?;
            let mut by_call: HashMap<String, Vec<RecordingRow>> = HashMap::new();
            for row in rows {
                by_call.entry(row.call_id.clone()).or_default().push(row);
            }
            for listed in &piece {
                let record = listed.call.json.as_deref();
                let record = record.and_then(|json| CallRecord::decode(json, account.home).ok());
                let who = record.map_or_else(String::new, |record| {
                    format!("{} → {}", name(&record.from), name(&record.to))
                });
                let rows = by_call.remove(&listed.call.id).unwrap_or_default();
                found.extend(rows.into_iter().map(|row| Found { row, who: who.clone() }));
            }
        }
        let more = calls.has_more().await?;
        if self.json {
            return commands::print_json(&found.iter().map(as_json).collect::<Vec<_>>());
        }
        print(&found, &zone)?;
        if more {
            note!("of the newest {limit} calls; --limit 0 shows all");
        }
        Ok(failure::OK)
    }
}

fn name(party: &Party) -> String {
    let number = || party.phone_number.clone().or_else(|| party.extension_number.clone());
    party.name.clone().or_else(number).unwrap_or_else(|| "?".to_owned())
}

fn print(found: &[Found], zone: &jiff::tz::TimeZone) -> anyhow::Result<()> {
    let mut table = output::table(&["START", "STATE", "LENGTH", "SIZE", "WHO", "ID"], &[4]);
    for Found { row, who } in found {
        table.add_row(output::row([
            time::minute(row.start_ms, zone),
            row.state.as_str().to_owned(),
            row.duration_ms.map_or_else(String::new, time::length),
            row.bytes.map_or_else(String::new, |bytes| output::bytes(bytes.unsigned_abs())),
            who.clone(),
            row.id.clone(),
        ]));
    }
    output::print(&table)
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
