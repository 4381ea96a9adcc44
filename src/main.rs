//! `callbook`: own your RingCentral call log.
//!
//! One file per command in [`commands`]; they parse, call a crate, and print. Data goes to standard
//! output, everything else to standard error.

mod access;
mod alerts;
mod answer;
mod cli;
mod commands;
mod config;
mod credentials;
mod deliveries;
mod failure;
mod lake;
mod log;
mod output;
mod private_file;
mod progress;
mod recordings;
mod reports;
mod time;
mod trouble;

use std::process::ExitCode;

use clap::Parser as _;

/// How long what must not be left half done may take after a signal.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(10);

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    log::start(&cli.command);
    leave_no_dump();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failure::report(&anyhow::Error::new(error)),
    };
    let serves = matches!(cli.command, cli::Command::Sandbox(_) | cli::Command::Serve(_));
    let commits = cli.command.commits();
    let outcome = runtime.block_on(async {
        tokio::select! {
            outcome = commands::run(cli) => outcome,
            // A server ends by itself, once it has answered what it was asked.
            () = interrupted(commits), if !serves => Ok(failure::INTERRUPTED),
        }
    });
    // A commit under way comes to its end; anything else may be left.
    runtime.shutdown_timeout(PATIENCE);
    outcome.map_or_else(|error| failure::report(&error), ExitCode::from)
}

/// Waits for Ctrl-C, or the request of a service manager to stop.
async fn interrupted(commits: bool) {
    commands::shutdown_signal().await;
    // A refresh token works once: whoever has sent one should stay for the answer.
    let _ = tokio::time::timeout(PATIENCE, callbook_ringcentral::end_renewals()).await;
    progress::end();
    output::note!("interrupted{}", if commits { "; what was committed is kept" } else { "" });
}

/// The memory of a process that dies has secrets in it.
fn leave_no_dump() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        // Where it is not allowed, somebody has decided about dumps already.
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    }
}
