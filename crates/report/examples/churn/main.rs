//! Edits an archive at random, and compares what reports say of it.
//!
//! ```console
//! $ cargo build --release --workspace --all-features --example churn
//! $ target/release/examples/churn --edits 1000000
//! ```
//!
//! Calls come in, are edited, moved between sessions and over months, deleted and erased through the store, in commits of
//! any size; the directory learns names and hours; now and then the lake is brought up to date. At every checkpoint, before as well as after an update, each
//! report answers as on a lake that is built anew, and the tables are what [`call::lines`] makes of the calls by hand.
//! With `--database` it makes some edits in that archive, and compares nothing.

mod call;
mod company;
mod compare;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, ensure};
use callbook_lake::{Lake, Place};
use callbook_model::{AccountId, Region, Scope};
use callbook_store::{Account, Batch, Decoder, Location, Open, Store, SyncLock};
use clap::Parser;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use call::{Call, DAYS, START_MS};

#[derive(Parser)]
struct Options {
    /// Inserts, edits and deletions in all
    #[arg(long, default_value_t = 20_000)]
    edits: u32,
    /// Ids that there may be
    #[arg(long)]
    calls: Option<u32>,
    /// How often everything is compared
    #[arg(long, default_value_t = 4)]
    checkpoints: u32,
    /// Everything random is drawn from it
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Edit this archive, made if it is not there, and compare nothing
    #[arg(long)]
    database: Option<PathBuf>,
    /// Erase calls of the first so many days, too; with --database
    #[arg(long, requires = "database")]
    erase_days: Option<i64>,
}

/// Looks at the directory, with --database.
const LEARNT: u32 = 3;

/// An archive, and what should be in it.
struct Life {
    store: Store,
    account: Account,
    lock: SyncLock,
    decoder: Decoder,
    random: ChaCha8Rng,
    ids: u32,
    calls: BTreeMap<u32, Call>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    if let Some(path) = &options.database {
        let mut life = Life::open(path, &options).await?;
        life.edit(options.edits).await?;
        for _ in 0..LEARNT {
            life.learn().await?;
        }
        if let Some(days) = options.erase_days {
            life.erase(days).await?;
        }
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let mut life = Life::open(&folder.path().join("archive.db"), &options).await?;
    let lake = life.lake(&folder.path().join("kept"))?;
    let started = Instant::now();
    let (mut done, mut updates) = (0, 0);
    let most = (options.edits / 50).clamp(10, 4_000);
    for checkpoint in 1..=options.checkpoints {
        let until = (u64::from(options.edits) * u64::from(checkpoint)
            / u64::from(options.checkpoints)) as u32;
        while done < until {
            let some = life.random.random_range(1..=most).min(until - done);
            life.edit(some).await?;
            done += some;
            if life.random.random_ratio(1, 4) {
                life.learn().await?;
            }
            if life.random.random_ratio(1, 12) {
                lake.update(&mut |_| {}).await?;
                updates += 1;
            }
        }
        if checkpoint % 3 == 0 {
            life.erase(i64::from(checkpoint) * DAYS / i64::from(options.checkpoints) / 4).await?;
            lake.update(&mut |_| {}).await?;
        }
        let anew = life.lake(&folder.path().join(format!("anew-{checkpoint}")))?;
        anew.update(&mut |_| {}).await?;
        compare::all(&lake, &anew, &life.calls).await.context("before an update")?;
        lake.update(&mut |_| {}).await?;
        let reports = compare::all(&lake, &anew, &life.calls).await.context("after an update")?;
        std::fs::remove_dir_all(folder.path().join(format!("anew-{checkpoint}")))?;
        println!(
            "{done} edits, {updates} updates, {} calls: {reports} reports equal, tables as by hand ({:.0} s)",
            life.calls.values().filter(|call| !call.deleted).count(),
            started.elapsed().as_secs_f64()
        );
    }
    Ok(())
}

impl Life {
    async fn open(path: &Path, options: &Options) -> anyhow::Result<Self> {
        let store = Store::open(&Location::Sqlite(path.to_owned()), Open::OrCreate).await?;
        let account =
            store.put_account(AccountId(400), "http://127.0.0.1", None, Region::US).await?;
        let lock = store.lock_sync(account.key).await?;
        Ok(Self {
            store,
            account,
            lock,
            decoder: Decoder::new(Region::US)?,
            random: ChaCha8Rng::seed_from_u64(options.seed),
            ids: options.calls.unwrap_or(options.edits / 6).max(10),
            calls: BTreeMap::new(),
        })
    }

    fn lake(&self, folder: &Path) -> anyhow::Result<Lake> {
        let place = Place::folder(folder)?;
        Ok(Lake::new(self.store.clone(), self.account.clone(), place, Vec::new())?)
    }

    /// Commits new states of calls.
    async fn edit(&mut self, many: u32) -> anyhow::Result<()> {
        let mut records = Vec::with_capacity(many as usize);
        for _ in 0..many {
            let id = self.random.random_range(0..self.ids);
            let call = Call::any(id, &mut self.random);
            let record = call.decoded(&mut self.decoder).context("a record that is none")?;
            records.push(record);
            self.calls.insert(id, call);
        }
        let batch = Batch { records, ..Batch::default() };
        let done = self.store.commit(&self.lock, Scope::Account, batch).await?;
        ensure!(done.quarantined == 0, "{done:?}");
        Ok(())
    }

    /// Takes in what a look at a list of the directory shows.
    async fn learn(&mut self) -> anyhow::Result<()> {
        let at_ms = START_MS + self.random.random_range(0..DAYS) * 86_400_000;
        let reading = company::any(&mut self.random);
        self.store.mirror(&self.lock, at_ms, vec![reading], None).await?;
        Ok(())
    }

    /// Erases what began in the first days.
    async fn erase(&mut self, days: i64) -> anyhow::Result<()> {
        let before_ms = START_MS + days * 86_400_000;
        self.store.purge(&self.lock, Some(before_ms)).await?;
        self.calls.retain(|_, call| call.start_ms >= before_ms);
        Ok(())
    }
}
