//! `callbook lake`: the tables of reports as files.

use callbook_lake::{Extent, Lake};
use clap::{Args, Subcommand};
use serde_json::json;

use super::open;
use crate::config::{Config, Sources};
use crate::failure::{self, ExitCodeNumber};
use crate::lake;
use crate::output::{self, say};

const EXAMPLES: &str = "\
Examples:
  callbook lake update                     write what is new into the files
  callbook lake status                     where they are, and how far
  callbook lake files interactions         names of a table's files, for other tools
  callbook lake views > views.sql          the tables in DuckDB:
  duckdb -init views.sql                   then ask";

/// Keep the tables of reports as Parquet files, which other tools can read
///
/// Reports write them by themselves when many calls are new. They lie in the folder callbook.lake beside the archive, or
/// where [lake] folder or CALLBOOK_LAKE say: another folder, s3://BUCKET/PREFIX, gs://… or az://…. They are nobody's
/// only copy: the folder can be deleted and is built anew from the archive.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, name = "lake")]
pub struct LakeCommand {
    #[command(subcommand)]
    action: Action,
    /// Id or name of the account, if the archive holds several
    #[arg(long, global = true, value_name = "ID")]
    account: Option<String>,
    #[command(flatten, next_help_heading = "Settings")]
    sources: Sources,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Write what has changed in the archive into the files
    Update(AsJson),
    /// Show how far the files are
    Status(AsJson),
    /// Print the names of a table's files, a line each
    Files {
        /// interactions, legs, offers, queue_visits, recordings, people, queues or members
        table: String,
    },
    /// Print SQL that makes the tables views of DuckDB
    Views,
}

#[derive(Debug, Args)]
struct AsJson {
    /// Print as JSON
    #[arg(long)]
    json: bool,
}

impl LakeCommand {
    pub async fn run(self) -> anyhow::Result<ExitCodeNumber> {
        let config = Config::load(&self.sources)?;
        let (store, account) = open(&config, self.account.as_deref()).await?;
        let lake = lake::of(&config, &store, &account)?;
        match self.action {
            Action::Update(AsJson { json }) => {
                let extent = lake::update(&lake).await?;
                print(&lake, &extent, 0, json)?;
            }
            Action::Status(AsJson { json }) => {
                print(&lake, &lake.extent().await?, lake.behind().await?, json)?;
            }
            Action::Files { table } => {
                for file in lake.files(&table).await? {
                    say!("{file}")?;
                }
            }
            Action::Views => {
                for statement in lake.views().await? {
                    say!("{statement}")?;
                }
            }
        }
        Ok(failure::OK)
    }
}

fn print(lake: &Lake, extent: &Extent, behind: i64, json: bool) -> anyhow::Result<()> {
    if json {
        let Extent { position, interactions, files, bytes } = extent;
        return say!(
            "{}",
            json!({
                "position": position, "behind": behind, "interactions": interactions,
                "files": files, "bytes": bytes, "place": lake.place().to_string(),
            })
        );
    }
    say!(
        "{}: {} in {}, {}",
        lake.place(),
        output::counted(extent.interactions, "interaction"),
        output::counted(extent.files, "file"),
        output::bytes(extent.bytes)
    )?;
    if behind > 0 {
        say!(
            "{} of the archive not in them yet",
            output::counted(behind.unsigned_abs(), "change")
        )?;
    }
    Ok(())
}
