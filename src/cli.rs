//! The command line.

use clap::{Parser, Subcommand};

use crate::commands::{
    account, alerts, app, backup, calls, completions, config, deliveries, demo, directory, doctor,
    export, import, init, lake, login, logout, man, quarantine, recordings, report, sandbox, serve,
    show, sql, status, sync, systemd, verify,
};
use crate::failure::EXIT_CODES;

/// Own your RingCentral call log: download it into a database of your own, prove that nothing is
/// missing, search it.
#[derive(Debug, Parser)]
#[command(version, after_help = EXIT_CODES, arg_required_else_help = true, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// One file each in `commands`.
#[derive(Debug, Subcommand)]
pub enum Command {
    Demo(demo::Demo),
    Init(init::Init),
    Login(login::Login),
    Logout(logout::Logout),
    Doctor(doctor::Doctor),
    Sync(sync::Sync),
    Verify(verify::Verify),
    Calls(calls::Calls),
    Show(show::Show),
    Status(status::Status),
    Recordings(recordings::Recordings),
    Directory(directory::Directory),
    Account(account::AccountCommand),
    Quarantine(quarantine::Quarantine),
    Alerts(alerts::Alerts),
    App(app::AppCommand),
    Report(report::ReportCommand),
    Deliveries(deliveries::Deliveries),
    Sql(sql::Sql),
    Export(export::Export),
    Import(import::Import),
    Backup(backup::Backup),
    Restore(backup::Restore),
    Lake(lake::LakeCommand),
    Serve(serve::Serve),
    Sandbox(sandbox::Sandbox),
    Config(config::ConfigCommand),
    Systemd(systemd::Systemd),
    Completions(completions::Completions),
    Man(man::ManPages),
}

impl Command {
    /// Whether something of it may be committed when it is interrupted.
    pub fn commits(&self) -> bool {
        matches!(
            self,
            Self::Demo(_)
                | Self::Sync(_)
                | Self::Verify(_)
                | Self::Recordings(_)
                | Self::Import(_)
                | Self::Lake(_)
        )
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
