//! `callbook init`: settings for a start.

mod answers;
mod questions;
mod template;

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use clap::Args;
use secrecy::ExposeSecret as _;

use self::answers::{Answers, Secret};
use crate::config::FILE;
use crate::failure::{self, ExitCodeNumber, Usage};
use crate::output::{note, say};
use crate::private_file;

const EXAMPLES: &str = "\
Examples:
  callbook init                                       asks
  callbook init --config /etc/callbook/callbook.toml
  callbook init --client-id ID --client-secret-file rc.secret --jwt-command 'pass show rc/jwt'
  callbook init --defaults                            asks nothing: fill in the rest by hand

Secrets that are typed go into files of their own beside the settings, readable for you alone.";

/// Write settings to start with: asks for app, sign-in and archive
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Init {
    /// The file to write; its folder is made, too
    #[arg(long, value_name = "FILE", default_value = FILE)]
    config: PathBuf,
    /// Overwrite it if there is one
    #[arg(long)]
    force: bool,
    /// Ask nothing; what no flag says is as it is by default, or left to be filled in
    #[arg(long)]
    defaults: bool,
    #[command(flatten)]
    given: Given,
}

/// Answers by flags; what they say is not asked.
#[derive(Debug, Clone, PartialEq, Eq, Default, Args)]
struct Given {
    /// The server; partner brands have their own [default: RingCentral's]
    #[arg(long, value_name = "URL")]
    server_url: Option<String>,
    /// The client id of your app in RingCentral's developer console
    #[arg(long, value_name = "ID")]
    client_id: Option<String>,
    /// A file with the app's client secret
    #[arg(long, value_name = "FILE")]
    client_secret_file: Option<PathBuf>,
    /// A file with the JWT credential to sign in with
    #[arg(long, value_name = "FILE")]
    jwt_file: Option<PathBuf>,
    /// A command that prints the JWT credential
    #[arg(long, value_name = "COMMAND", conflicts_with = "jwt_file")]
    jwt_command: Option<String>,
    /// The archive: sqlite://PATH or postgres://USER@HOST/DATABASE [default: sqlite://callbook.db]
    #[arg(long, value_name = "URL")]
    database: Option<String>,
}

impl Init {
    pub async fn run(self) -> anyhow::Result<ExitCodeNumber> {
        if !self.force && self.config.exists() {
            return Err(private_file::PrivateFileError::Exists(self.config).into());
        }
        let terminal = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
        let folder = std::path::absolute(&self.config)?;
        let mut answers = Answers::given(&self.given, folder.parent().unwrap_or(Path::new("/")))?;
        if terminal && !self.defaults {
            let given = self.given.clone();
            // Aside, so that a signal ends the program meanwhile.
            let asked = tokio::task::spawn_blocking(move || questions::ask(answers, &given));
            let Some(asked) = asked.await?? else { return Ok(failure::INTERRUPTED) };
            answers = asked;
        } else if !self.defaults && self.given == Given::default() {
            let message = "there is no terminal to ask questions on".to_owned();
            let hint = "answer by flags, such as --client-id; or give --defaults";
            return Err(Usage { message, hint }.into());
        }
        let browser = matches!(answers.jwt, Secret::Browser | Secret::Unset);
        let no_app = answers.client_id.is_empty();
        self.write(answers)?;
        let named = match self.config == Path::new(FILE) {
            true => String::new(),
            false => format!(" --config {}", self.config.display()),
        };
        say!("next:")?;
        if no_app {
            say!(
                "  edit {}      client_id is missing, or set RC_APP_CLIENT_ID",
                self.config.display()
            )?;
        }
        if browser {
            say!("  callbook login{named}     signs in with a browser")?;
        }
        say!("  callbook doctor{named}    looks whether everything is in place")?;
        say!("  callbook sync{named}      downloads the call log")?;
        Ok(failure::OK)
    }

    /// Secrets first: settings that are there are complete.
    fn write(&self, mut answers: Answers) -> anyhow::Result<()> {
        let folder = callbook_files::folder_of(&self.config);
        std::fs::create_dir_all(folder).map_err(|source| {
            let path = folder.to_owned();
            private_file::PrivateFileError::Unwritable { path, source }
        })?;
        let aside = [(&mut answers.client_secret, "client-secret"), (&mut answers.jwt, "jwt")];
        for (secret, extension) in aside {
            let Secret::Typed(value) = &*secret else { continue };
            let path = self.config.with_extension(extension);
            private_file::write(&path, &format!("{}\n", value.expose_secret()), self.force)?;
            note!("wrote {}, for you alone to read", path.display());
            *secret = Secret::File(path.file_name().unwrap_or_default().into());
        }
        private_file::write(&self.config, &template::settings(&answers), self.force)?;
        note!("wrote {}", self.config.display());
        Ok(())
    }
}
