//! `callbook config`: which settings are in effect, and where they come from.

use clap::{Args, Subcommand};

use super::print_json;
use crate::config::{Config, Origin, Row, Sources};
use crate::failure::{self, ExitCodeNumber};
use crate::output;

const EXAMPLES: &str = "\
Examples:
  callbook config show
  callbook config show --config /etc/callbook/callbook.toml --json";

/// Show which settings are in effect
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ConfigCommand {
    #[command(subcommand)]
    what: What,
    #[command(flatten, next_help_heading = "Settings")]
    sources: Sources,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Each setting, its value and where it comes from; secrets are left out
    Show {
        /// Print as JSON
        #[arg(long)]
        json: bool,
    },
}

impl ConfigCommand {
    pub fn run(self) -> anyhow::Result<ExitCodeNumber> {
        let What::Show { json } = self.what;
        let rows = Config::load(&self.sources)?.rows()?;
        if json {
            return print_json(&rows);
        }
        let mut table = output::table(&["SETTING", "VALUE", "FROM"], &[1]);
        for row in &rows {
            table.add_row(output::row([row.setting.clone(), value(row), origin(&row.origin)]));
        }
        output::print(&table)?;
        Ok(failure::OK)
    }
}

fn value(row: &Row) -> String {
    match (&row.value, row.secret) {
        (Some(value), true) => format!("{value} (without what is secret)"),
        (Some(value), false) => value.clone(),
        (None, true) => "(secret)".to_owned(),
        (None, false) => String::new(),
    }
}

fn origin(origin: &Origin) -> String {
    match origin {
        Origin::Flag(name) => (*name).to_owned(),
        Origin::EnvFile(name) => format!("{name} of --env-file"),
        Origin::Environment(name) => format!("{name} of the environment"),
        Origin::File(path) => path.display().to_string(),
        Origin::Default => "default".to_owned(),
        Origin::Unset => "not set".to_owned(),
    }
}
