//! `callbook completions`: what a shell needs to complete commands and flags.

use anyhow::Context as _;
use clap::{Args, CommandFactory as _};
use clap_complete::{Shell, generate};

use crate::cli::Cli;
use crate::failure::{self, ExitCodeNumber};
use crate::output::CANNOT_WRITE;

const EXAMPLES: &str = "\
Examples:
  callbook completions bash > ~/.local/share/bash-completion/completions/callbook
  callbook completions zsh > ~/.zfunc/_callbook       where fpath has ~/.zfunc
  callbook completions fish > ~/.config/fish/completions/callbook.fish";

/// Print what makes a shell complete commands and flags
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Completions {
    /// Which shell
    shell: Shell,
}

impl Completions {
    pub fn run(&self) -> anyhow::Result<ExitCodeNumber> {
        use std::io::Write as _;
        // The generator panics where it cannot write.
        let mut script = Vec::new();
        generate(self.shell, &mut Cli::command(), "callbook", &mut script);
        std::io::stdout().write_all(&script).context(CANNOT_WRITE)?;
        Ok(failure::OK)
    }
}
