//! `callbook sandbox directory`: who works at a running sandbox's company.

use callbook_sandbox::Reorganization;
use clap::{Args, Subcommand};
use serde_json::Value;

use super::control::Running;
use crate::failure::Usage;
use crate::output::say;

const EXAMPLES: &str = "\
Examples:
  callbook sandbox directory rename 102 'Ann Smith' --env-file sandbox.env
  callbook sandbox directory join 102 901 --env-file sandbox.env
  callbook sandbox directory hours 08:00-16:30 --of 901 --env-file sandbox.env";

/// Change the directory of a running sandbox
///
/// What is changed holds from now on, by the sandbox's clock. WHO is a short number or an id.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Directory {
    #[command(subcommand)]
    change: Change,
    #[command(flatten)]
    running: Running,
}

#[derive(Debug, Subcommand)]
enum Change {
    /// Give a person, queue, menu or site another name
    Rename { who: String, name: String },
    /// Put a person into a department
    Department { who: String, name: String },
    /// Have a person answer a call queue
    Join { who: String, queue: String },
    /// Have a person not answer a call queue any more
    Leave { who: String, queue: String },
    /// Add a person
    Add { name: String },
    /// Remove an extension
    Remove { who: String },
    /// Set business hours, from Monday to Friday
    Hours {
        /// Such as 09:00-17:30
        #[arg(value_name = "FROM-TO")]
        hours: String,
        /// Whose [default: the company's]
        #[arg(long, value_name = "WHO")]
        of: Option<String>,
    },
}

impl Directory {
    pub async fn run(self) -> anyhow::Result<()> {
        let change = match self.change {
            Change::Rename { who, name } => Reorganization::Rename { who, name },
            Change::Department { who, name } => {
                Reorganization::Department { who, department: name }
            }
            Change::Join { who, queue } => Reorganization::Join { who, queue },
            Change::Leave { who, queue } => Reorganization::Leave { who, queue },
            Change::Add { name } => Reorganization::Add { name },
            Change::Remove { who } => Reorganization::Remove { who },
            Change::Hours { hours, of } => {
                let (from, to) = hours.split_once('-').ok_or_else(|| Usage {
                    message: format!("'{hours}' are no business hours"),
                    hint: "write 09:00-17:30",
                })?;
                Reorganization::Hours { who: of, from: from.to_owned(), to: to.to_owned() }
            }
        };
        let extension = self.running.control()?.reorganize(&change).await?;
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        extension.map_or(Ok(()), |it| {
            say!("{}  {}  {}", it["id"], text(&it["extensionNumber"]), text(&it["name"]))
        })
    }
}
