//! `callbook man`: manual pages.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, CommandFactory as _};
use clap_mangen::Man;

use crate::cli::Cli;
use crate::failure::{self, ExitCodeNumber};
use crate::output::{CANNOT_WRITE, note};

const EXAMPLES: &str = "\
Examples:
  callbook man | man -l -                           read the first page
  callbook man --output ~/.local/share/man/man1     write one for each command";

/// Print the manual page, or write those of all commands
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ManPages {
    /// Write callbook.1, callbook-sync.1 and so on into this folder
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
}

impl ManPages {
    pub fn run(&self) -> anyhow::Result<ExitCodeNumber> {
        use std::io::Write as _;
        match &self.output {
            Some(folder) => write_all(folder)?,
            None => {
                let mut page = Vec::new();
                Man::new(Cli::command()).render(&mut page)?;
                std::io::stdout().write_all(&page).context(CANNOT_WRITE)?;
            }
        }
        Ok(failure::OK)
    }
}

fn write_all(folder: &Path) -> anyhow::Result<()> {
    let cannot = || format!("cannot write into {}", folder.display());
    std::fs::create_dir_all(folder).with_context(cannot)?;
    clap_mangen::generate_to(Cli::command(), folder).with_context(cannot)?;
    note!("manual pages are in {}", folder.display());
    Ok(())
}
