//! `callbook systemd`: a unit that keeps the archive current.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use callbook_store::Location;
use clap::Args;

use crate::config::{Config, Origin, Sources};
use crate::failure::{self, ExitCodeNumber, Usage};
use crate::output::{note, say};

const EXAMPLES: &str = "\
Examples:
  sudo useradd --system callbook
  sudo callbook init --config /etc/callbook/callbook.toml
  sudo callbook systemd --config /etc/callbook/callbook.toml \\
      | sudo tee /etc/systemd/system/callbook.service
  sudo systemctl enable --now callbook
  sudo -u callbook callbook status --database /var/lib/callbook/callbook.db

  callbook systemd --user > ~/.config/systemd/user/callbook.service
  systemctl --user enable --now callbook

The service reads the settings, and the secret files that they name, as credentials of systemd:
they can stay readable for root alone. It may write to its archive and to nothing else. A service
of yours may also sign in with what `callbook login` keeps; one of the system needs a JWT credential.";

/// What only the system's manager can do for a service: see `systemd.exec(5)`.
const HARDENING: &str = "\
NoNewPrivileges=yes
CapabilityBoundingSet=
ProtectSystem=strict
ProtectHome=read-only
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes
ProtectProc=invisible
ProcSubset=pid
RemoveIPC=yes
";

/// What any service can do.
const HARDENING_FOR_ALL: &str = "\
UMask=0077
LockPersonality=yes
MemoryDenyWriteExecute=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
";

/// Print a systemd unit for `callbook sync --follow`
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Systemd {
    /// A service of yours, without root
    #[arg(long)]
    user: bool,
    /// Keep every registered account current: sync --all --follow
    #[arg(long)]
    all: bool,
    /// The settings of the service [default: callbook.toml]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Whom the service runs as
    #[arg(long, value_name = "USER", default_value = "callbook", conflicts_with = "user")]
    run_as: String,
}

impl Systemd {
    pub fn run(&self) -> anyhow::Result<ExitCodeNumber> {
        let config = Config::load(&Sources::config(self.config.clone()))?;
        let Some(path) = config.path() else {
            let message = "a service needs settings in a file".to_owned();
            return Err(Usage { message, hint: "`callbook init` writes one" }.into());
        };
        let path = std::path::absolute(path).context("cannot find the current folder")?;
        let usual = |each: char| each.is_ascii_alphanumeric() || "-_.".contains(each);
        if !self.run_as.chars().all(usual) || self.run_as.is_empty() {
            let message = format!("'{}' is no name of a user", self.run_as);
            return Err(Usage { message, hint: "a service runs as a user of this machine" }.into());
        }
        let service = match self.user {
            true => self.of_user(&path)?,
            false => self.of_system(&config, &path)?,
        };
        say_all(&self.unit(&service))?;
        Ok(failure::OK)
    }

    fn unit(&self, service: &str) -> String {
        let target = if self.user { "default" } else { "multi-user" };
        format!(
            "[Unit]\nDescription=Callbook keeps the company's call log\nWants=network-online.target\n\
             After=network-online.target\n\n[Service]\n{service}Restart=on-failure\nRestartSec=30\n\
             # Wrong settings and refused sign-ins do not pass by themselves.\n\
             RestartPreventExitStatus=2 12\nSuccessExitStatus=130\n\n{}{HARDENING_FOR_ALL}\n\
             [Install]\nWantedBy={target}.target\n",
            if self.user { "" } else { HARDENING },
        )
    }

    fn of_user(&self, config: &Path) -> anyhow::Result<String> {
        let folder = config.parent().unwrap_or(Path::new("/"));
        let start = self.start(&quoted(config))?;
        Ok(format!("WorkingDirectory={}\n{start}", escaped(folder)))
    }

    /// The settings and secrets are handed over by systemd: who runs the service cannot read their files.
    fn of_system(&self, config: &Config, path: &Path) -> anyhow::Result<String> {
        let folder = path.parent().unwrap_or(Path::new("/"));
        let mut service = format!("User={}\n{}", self.run_as, self.start("%d/callbook.toml")?);
        service += &format!("LoadCredential=callbook.toml:{}\n", escaped(path));
        service +=
            "StateDirectory=callbook\nStateDirectoryMode=0700\nWorkingDirectory=%S/callbook\n";
        let rows = config.rows()?;
        let has_jwt = rows.iter().any(|row| {
            row.setting.starts_with("ringcentral.jwt") && matches!(row.origin, Origin::File(_))
        });
        if !has_jwt && !self.all {
            note!(
                "warning: {} has no JWT, and {} cannot use what `callbook login` keeps for you: set jwt_file in it, \
                 or print a service of your own with --user",
                path.display(),
                self.run_as
            );
        }
        service += &self.reports(config)?;
        let rows = rows.into_iter();
        let of_file = rows.filter(|row| matches!(row.origin, Origin::File(_)));
        for (setting, value) in of_file.filter_map(|row| Some((row.setting, row.value?))) {
            if setting.ends_with("_file") {
                service += &self.credential(folder, &value);
            } else if setting == "database" {
                service += &self.writable(&value.parse()?);
            }
        }
        Ok(service)
    }

    /// People's own reports, which are not beside the settings that systemd hands over.
    fn reports(&self, config: &Config) -> anyhow::Result<String> {
        let folder = std::path::absolute(config.reports_folder());
        let folder = folder.context("cannot find the current folder")?;
        if !folder.is_dir() {
            return Ok(String::new());
        }
        note!("{} must be able to read {}", self.run_as, folder.display());
        let variable = format!("CALLBOOK_REPORTS={}", folder.display());
        Ok(format!("Environment={}\n", quoted(Path::new(&variable))))
    }

    /// A secret that the settings find beside themselves.
    fn credential(&self, folder: &Path, name: &str) -> String {
        if Path::new(name).components().count() > 1 {
            note!("{} must be able to read {name}", self.run_as);
            return String::new();
        }
        format!("LoadCredential={name}:{}\n", escaped(&folder.join(name)))
    }

    /// An archive that is not in the service's own folder.
    fn writable(&self, archive: &Location) -> String {
        let Location::Sqlite(path) = archive else { return String::new() };
        let Some(folder) = path.parent().filter(|_| path.is_absolute()) else {
            return String::new();
        };
        note!("{} must own {}", self.run_as, folder.display());
        format!("ReadWritePaths={}\n", quoted(folder))
    }

    fn start(&self, config: &str) -> anyhow::Result<String> {
        let program = std::env::current_exe().context("cannot find the program's own file")?;
        let what = if self.all { "sync --all --follow" } else { "sync --follow" };
        Ok(format!("ExecStart={} {what} --config {config}\n", quoted(&program)))
    }
}

fn say_all(text: &str) -> anyhow::Result<()> {
    text.lines().try_for_each(|line| say!("{line}"))
}

/// A path as one word.
fn quoted(path: &Path) -> String {
    let text = escaped(path).replace('\\', "\\\\").replace('"', "\\\"").replace('$', "$$");
    if text.contains(char::is_whitespace) { format!("\"{text}\"") } else { text }
}

/// A path as the rest of a line.
fn escaped(path: &Path) -> String {
    path.display().to_string().replace('%', "%%")
}
