//! `callbook sandbox`: a synthetic company to develop and test against.

mod control;
mod directory;
mod fill;
mod fleet;
mod watch;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use callbook_sandbox::{
    AppScope, CompanyOptions, DEFAULT_RECORDING_CAP, DEFAULT_RECORDING_DAYS, DEFAULT_REFRESH_GRACE,
    DEFAULT_SCOPES, FaultSpec, Options, Plan, bind,
};
use clap::Args;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::shutdown_signal;
use crate::failure::{self, ExitCodeNumber};
use crate::output::{note, say};
use crate::time;

const EXAMPLES: &str = "\
Examples:
  callbook sandbox --env-file sandbox.env       serve, and note how to sign in
  callbook sync --env-file sandbox.env          then, elsewhere: archive it
  callbook sandbox --calls 100000 --heavy off   more calls, no rate limit
  callbook sandbox --seed 7 --users 200         another company
  callbook sandbox --live 30 --env-file sandbox.env
                                                30 new calls a minute, edits and deletions
  callbook sandbox call voicemail --env-file sandbox.env
                                                make one call in a sandbox that runs
  callbook sandbox watch --env-file sandbox.env
                                                see calls happen
  callbook sandbox clock --advance 1d --env-file sandbox.env
                                                the day after
  callbook sandbox directory rename 102 'Ann Smith' --env-file sandbox.env
                                                people change their names
  callbook sandbox --fault 503=0.02 --fault reset@/call-log
                                                with faults, to try how a client takes them
  callbook sandbox --accounts 200 --env-dir companies --calls 300 --port 0
                                                many companies, each on its own port";

/// Serve a synthetic company over the Call Log API
///
/// The company has users, queues, menus, sites and years of calls; the same seed gives the same
/// ones. It is served with RingCentral's permissions, errors and rate limits, on this machine only,
/// and forgotten when the command ends.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
pub struct Sandbox {
    #[command(subcommand)]
    action: Option<control::Action>,
    /// Where to listen on 127.0.0.1; 0 takes any free port
    #[arg(long, default_value_t = callbook_sandbox::DEFAULT_PORT)]
    port: u16,
    /// Records in the company's call log
    #[arg(long, value_name = "N", default_value_t = callbook_sandbox::DEFAULT_CALLS)]
    calls: u32,
    /// Users of the company
    #[arg(long, value_name = "N", default_value_t = callbook_sandbox::DEFAULT_USERS)]
    users: u32,
    /// The first day with calls
    #[arg(long, value_name = "DATE", default_value = "2023-12-01")]
    from: String,
    /// The last day, or moment, with calls [default: half a minute ago]
    #[arg(long, value_name = "DATE")]
    until: Option<String>,
    /// Everything random is drawn from this
    #[arg(long, value_name = "N", default_value_t = callbook_sandbox::DEFAULT_SEED)]
    seed: u64,
    /// Requests of the Heavy group in a window such as 10/60s, or off for no limits at all
    #[arg(long, value_name = "N/WINDOW|off", default_value_t = Plan::DEFAULT)]
    heavy: Plan,
    /// New calls to be made each minute, some of them edited or deleted later
    #[arg(long, value_name = "CALLS_PER_MINUTE", value_parser = clap::value_parser!(u32).range(1..=60_000))]
    live: Option<u32>,
    /// Days that records are kept for [default: for ever]
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..))]
    retention: Option<u32>,
    /// Days that recordings are kept for; 0 for as long as the call's record
    #[arg(long, value_name = "DAYS", default_value_t = DEFAULT_RECORDING_DAYS)]
    recording_days: u32,
    /// Automatic recordings that are kept, the newest; 0 for all of them
    #[arg(long, value_name = "N", default_value_t = DEFAULT_RECORDING_CAP)]
    recording_cap: u32,
    /// The host name of recordings' sounds, such as localhost, as upstream has another [default: this one]
    #[arg(long, value_name = "HOST")]
    media_host: Option<String>,
    /// What its apps may ask for; a client that needs more has to say so
    #[arg(long, value_name = "SCOPES", value_delimiter = ',', default_values_t = DEFAULT_SCOPES)]
    scopes: Vec<AppScope>,
    /// How long a refresh token may be shown again whose answer was lost; 0 not at all
    #[arg(long, value_name = "SECONDS", default_value_t = DEFAULT_REFRESH_GRACE.as_secs())]
    refresh_grace: u64,
    /// Offer subscriptions to changes of the call log as well, which RingCentral does not have
    #[arg(long)]
    extensions: bool,
    /// What goes wrong: `KIND[=SHARE][:LENGTH][@PATH]`, such as 429=0.02:5s or reset@/call-log; repeatable
    ///
    /// Kinds: 429, 429-missing and 429-absurd (as for Retry-After), 500, 503, reset (no answer), truncate,
    /// slow, hang, token-expired, sync-token. Of recordings' sounds alone: 416, range-ignored, short (the first
    /// part as if it were all), corrupt, redirect (to itself), redirect-foreign. SHARE of the requests is 0.01
    /// unless given.
    #[arg(long = "fault", value_name = "FAULT")]
    faults: Vec<FaultSpec>,
    #[command(flatten)]
    fleet: fleet::Fleet,
    /// Where to write how to sign in, as RC_… and SANDBOX_… variables, readable for you alone
    #[arg(long = "env-file", value_name = "FILE")]
    env_file: Option<PathBuf>,
}

impl Sandbox {
    pub async fn run(self) -> anyhow::Result<ExitCodeNumber> {
        if let Some(action) = self.action {
            return action.run().await;
        }
        let until =
            self.until.as_deref().map(|text| time::end(text, &TimeZone::UTC)).transpose()?;
        let company = CompanyOptions {
            calls: self.calls,
            users: self.users,
            from: time::beginning(&self.from, &TimeZone::UTC)?,
            until,
            seed: self.seed,
        };
        // Said, because calls are spread over the time up to it.
        let until = company.until(Timestamp::now());
        let until = Timestamp::from_second(until.as_second()).unwrap_or(until);
        let company = CompanyOptions { until: Some(until), ..company };
        let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        let env_file = self.env_file.clone();
        let options = Options {
            listen,
            company,
            plan: self.heavy,
            live_per_minute: self.live,
            retention_days: self.retention,
            recording_days: Some(self.recording_days).filter(|&days| days > 0),
            recording_cap: Some(self.recording_cap).filter(|&cap| cap > 0),
            media_host: self.media_host,
            scopes: self.scopes,
            refresh_grace: Duration::from_secs(self.refresh_grace),
            extensions: self.extensions,
            faults: self.faults,
            env_file,
        };
        if let Some(accounts) = self.fleet.accounts {
            return self.fleet.run(accounts, &options).await;
        }
        let sandbox = bind(options).await?;
        say!("listening on {}", sandbox.server_url())?;
        note!("for the same company another time: --seed {} --until {until}", self.seed);
        match &self.env_file {
            Some(path) => note!("to use it: callbook sync --env-file {}", path.display()),
            None => {
                // Credentials of this sandbox alone, worthless elsewhere.
                let variables = sandbox.credentials().variables(sandbox.server_url());
                variables.iter().for_each(|(name, value)| note!("{name}={value}"));
            }
        }
        sandbox.run(shutdown_signal()).await?;
        Ok(failure::OK)
    }
}
