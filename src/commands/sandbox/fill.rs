//! `callbook sandbox fill`: a synthetic company's calls straight into an archive.

use std::sync::Arc;
use std::time::{Duration, Instant};

use callbook_interaction::Record;
use callbook_lake::Lake;
use callbook_model::{AccountId, DirectoryEntry, DirectoryKind, Region, Scope};
use callbook_store::{
    Batch, ChangedSession, Decoder, Incoming, Open, Reading, SessionChanges, SessionRecord, Store,
};
use callbook_synth::{Company, Config as CompanyConfig, ExtensionKind, View};
use clap::Args;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::commands::print_json;
use crate::config::{Config, Sources};
use crate::failure::{self, ExitCodeNumber};
use crate::output::{self, say};
use crate::progress::Bar;
use crate::{lake, time};

const EXAMPLES: &str = "\
Examples:
  callbook sandbox fill --database big.db --calls 1000000
  callbook sandbox fill --database postgres://callbook@localhost/callbook --calls 1000000
  callbook sandbox fill --database lake.db --lake --calls 10000000

The archive is what `callbook sync` would make of the same sandbox, but nothing is served or
downloaded; a `callbook sync` from that sandbox adds to it.";

/// Records that are made, read and committed together.
const RECORDS_A_COMMIT: u32 = 500;

/// Sessions that become rows together.
const SESSIONS_A_STEP: usize = 1_000;

/// Batches that wait to be committed.
const BATCHES_AHEAD: usize = 4;

/// Put a synthetic company's calls straight into an archive
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Fill {
    /// Records in the company's call log
    #[arg(long, value_name = "N", default_value_t = callbook_sandbox::DEFAULT_CALLS)]
    calls: u32,
    /// Users of the company
    #[arg(long, value_name = "N", default_value_t = callbook_sandbox::DEFAULT_USERS)]
    users: u32,
    /// The first day with calls
    #[arg(long, value_name = "DATE", default_value = "2023-12-01")]
    from: String,
    /// The last day, or moment, with calls [default: now]
    #[arg(long, value_name = "DATE")]
    until: Option<String>,
    /// Everything random is drawn from this
    #[arg(long, value_name = "N", default_value_t = callbook_sandbox::DEFAULT_SEED)]
    seed: u64,
    /// Put them into the reports' tables only; the archive has the directory, and no calls
    #[arg(long)]
    lake: bool,
    /// Print the summary as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten, next_help_heading = "Settings")]
    sources: Sources,
}

impl Fill {
    pub async fn run(self) -> anyhow::Result<ExitCodeNumber> {
        let settings = Config::load(&self.sources)?;
        let location = settings.location()?;
        let until =
            self.until.as_deref().map(|text| time::end(text, &TimeZone::UTC)).transpose()?;
        let server_url = format!("http://127.0.0.1:{}", callbook_sandbox::DEFAULT_PORT);
        let config = CompanyConfig {
            seed: self.seed,
            users: self.users.max(4),
            calls: self.calls,
            from: time::beginning(&self.from, &TimeZone::UTC)?,
            until: until.unwrap_or_else(Timestamp::now),
            server_url: server_url.clone(),
            media_url: server_url.clone(),
        };
        let company = tokio::task::spawn_blocking(|| Arc::new(Company::new(config))).await?;
        let store = Store::open(&location, Open::OrCreate).await?;
        let main_number = company.account_json()["mainNumber"].as_str().map(str::to_owned);
        let account = AccountId(company.account_id());
        let account =
            store.put_account(account, &server_url, main_number.as_deref(), Region::US).await?;
        let lock = store.lock_sync(account.key).await?;
        let now_ms = Timestamp::now().as_millisecond();
        store.mirror(&lock, now_ms, directory(&company), None).await?;
        if self.lake {
            let lake = lake::of(&settings, &store, &account)?;
            return self.fill_lake(&lake, company).await;
        }
        let started = Instant::now();
        let mut batches = batches(company, account.home);
        let (mut inserted, mut committing) = (0, Duration::ZERO);
        while let Some(records) = batches.recv().await {
            let batch = Batch { records: records?, ..Batch::default() };
            let begun = Instant::now();
            inserted += store.commit(&lock, Scope::Account, batch).await?.inserted;
            committing += begun.elapsed();
        }
        let seconds = started.elapsed().as_secs_f64();
        let rate = (f64::from(self.calls) / seconds.max(0.001)) as u64;
        if self.json {
            let committing = committing.as_secs_f64();
            return print_json(&json!({
                "inserted": inserted, "seconds": seconds, "committing_seconds": committing, "rate": rate
            }));
        }
        let (inserted, rate) = (output::grouped(inserted), output::grouped(rate));
        say!("{inserted} calls in {seconds:.1} s ({rate} a second) to {location}")?;
        Ok(failure::OK)
    }
}

impl Fill {
    async fn fill_lake(
        &self,
        lake: &Lake,
        company: Arc<Company>,
    ) -> anyhow::Result<ExitCodeNumber> {
        let started = Instant::now();
        let (send, receive) = mpsc::channel(BATCHES_AHEAD);
        tokio::task::spawn_blocking(move || {
            let mut texts = company.entries(callbook_synth::Scope::Account).records(View::Detailed);
            loop {
                let some: Vec<_> = texts.by_ref().take(SESSIONS_A_STEP).collect();
                if some.is_empty() || send.blocking_send(Ok(sessions(some))).is_err() {
                    return;
                }
            }
        });
        let bar = Bar::start("tables");
        let extent = lake.fill(receive, &mut |sessions| bar.count(sessions)).await?;
        bar.finish();
        let seconds = started.elapsed().as_secs_f64();
        let rate = (f64::from(self.calls) / seconds.max(0.001)) as u64;
        if self.json {
            return print_json(&json!({
                "interactions": extent.interactions, "seconds": seconds, "rate": rate, "bytes": extent.bytes
            }));
        }
        let (interactions, rate) = (output::grouped(extent.interactions), output::grouped(rate));
        say!("{interactions} interactions in {seconds:.1} s ({rate} a second)")?;
        Ok(failure::OK)
    }
}

/// Synthetic records are a session each.
fn sessions(texts: Vec<String>) -> SessionChanges {
    let session = |json: String| {
        let record = Record::read(&json)?;
        let (key, id) = (format!("t{}", record.session()), record.id().to_owned());
        let records = vec![SessionRecord { id, json, seq: 0, start_ms: 0 }];
        Some(ChangedSession { key, records, places_ms: Vec::new() })
    };
    let sessions = texts.into_iter().filter_map(session).collect();
    SessionChanges { upto: 0, sessions, damaged: Vec::new() }
}

/// What a look at the directory's lists would show.
fn directory(company: &Company) -> Vec<Reading> {
    let extensions = || company.extensions().iter();
    let of = |kind| extensions().filter(move |each| each.kind == kind);
    let queues = || of(ExtensionKind::Queue);
    let member = |id: &u64| {
        let number = company.extension(*id).map(|member| &member.number);
        json!({ "id": id, "extensionNumber": number })
    };
    let whole = [
        (DirectoryKind::Account, vec![company.account_json()]),
        (DirectoryKind::Extension, extensions().map(|each| each.json.clone()).collect()),
        (DirectoryKind::Site, of(ExtensionKind::Site).map(|each| each.json.clone()).collect()),
        (DirectoryKind::Queue, queues().filter_map(|each| company.queue_json(each.id)).collect()),
        (DirectoryKind::Number, company.phone_numbers()),
        (DirectoryKind::Hours, vec![company.business_hours_json()]),
    ];
    let whole = whole.into_iter().map(|(kind, list)| (kind, 0, list));
    let each = queues().flat_map(|queue| {
        let members = queue.members.iter().map(member).collect();
        let hours = vec![company.business_hours_json()];
        [(DirectoryKind::Member, queue.id, members), (DirectoryKind::Hours, queue.id, hours)]
    });
    let lists = whole.chain(each).map(|(kind, part, list): (_, _, Vec<Value>)| {
        let entry = |json: &Value| DirectoryEntry::decode(kind, &json.to_string());
        let entries = list.iter().filter_map(entry).collect();
        Reading { kind, part, entries, complete: true }
    });
    lists.collect()
}

/// Makes records and reads them, oldest first, ahead of the commits.
fn batches(
    company: Arc<Company>,
    home: Region,
) -> mpsc::Receiver<Result<Vec<Incoming>, callbook_store::Error>> {
    let (send, receive) = mpsc::channel(BATCHES_AHEAD);
    tokio::task::spawn_blocking(move || {
        let entries = company.entries(callbook_synth::Scope::Account);
        let mut next = 0;
        while next < entries.len() {
            let end = (next + RECORDS_A_COMMIT as usize).min(entries.len());
            let texts = (next..end).filter_map(|place| entries.get(place));
            let texts = texts.map(|entry| company.record(&entry, View::Detailed));
            let batch = decode(texts, home);
            next = end;
            let failed = batch.is_err();
            // Nobody receives any more: the commits have failed.
            if send.blocking_send(batch).is_err() || failed {
                return;
            }
        }
    });
    receive
}

/// Synthetic records are all readable; one that is not would be no record of the company's.
fn decode(
    texts: impl Iterator<Item = String>,
    home: Region,
) -> Result<Vec<Incoming>, callbook_store::Error> {
    let mut decoder = Decoder::new(home)?;
    let mut records = Vec::with_capacity(RECORDS_A_COMMIT as usize);
    for text in texts {
        records.extend(decoder.decode(&text)?.ok());
    }
    Ok(records)
}
