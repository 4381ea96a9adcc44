//! `callbook sandbox --accounts N`: many companies in one process.

use std::path::PathBuf;

use callbook_sandbox::{FaultAccounts, Member, Options, bind_fleet, run_fleet};
use clap::Args;

use crate::commands::shutdown_signal;
use crate::failure::{self, ExitCodeNumber};
use crate::output::{note, say};

/// Several companies at once.
#[derive(Debug, Args)]
pub struct Fleet {
    /// Serve so many companies, of one seed after the other, each on a port of its own
    #[arg(long, value_name = "N", requires = "env_dir", conflicts_with = "env_file",
          value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub accounts: Option<u32>,
    /// Where to write an env file for each of them: company-001.env and so on
    #[arg(long, value_name = "DIR", requires = "accounts")]
    env_dir: Option<PathBuf>,
    /// Which of them meet the faults: the first so many, or names such as company-002,company-017
    #[arg(long, value_name = "N|NAMES", requires_all = ["accounts", "faults"])]
    fault_accounts: Option<FaultAccounts>,
}

impl Fleet {
    /// Serves companies that differ from these options in seed, port and env file.
    pub async fn run(&self, accounts: u32, options: &Options) -> anyhow::Result<ExitCodeNumber> {
        let folder = self.env_dir.clone().unwrap_or_default();
        let members = bind_fleet(options, accounts, &folder, self.fault_accounts.as_ref()).await?;
        for Member { name, sandbox } in &members {
            say!("{name}  {}  account {}", sandbox.server_url(), sandbox.company().account_id())?;
        }
        note!("to use one: callbook sync --env-file {}", folder.join("company-001.env").display());
        run_fleet(members, shutdown_signal()).await?;
        Ok(failure::OK)
    }
}
