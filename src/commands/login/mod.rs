//! `callbook login`: a user signs in, for all commands to come.

mod browser;
mod report;

use std::io::{IsTerminal as _, Read as _};
use std::sync::Arc;

use anyhow::Context as _;
use callbook_ringcentral::{Client, Connection, Error as Upstream, Grant, Keep, Retry};
use clap::Args;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use self::report::Report;
use super::print_json;
use crate::config::{Config, Sources};
use crate::failure::{self, ExitCodeNumber, Usage};
use crate::output::{note, say};
use crate::time;

const EXAMPLES: &str = "\
Examples:
  callbook login                     in a browser on this machine
  callbook login --no-browser        on a machine without one, by pasting an address
  callbook login --jwt < jwt.txt     with a JWT credential, which is kept
  callbook login --status            who is signed in, and until when
  callbook logout

RC_APP_CLIENT_ID and RC_SERVER_URL, or callbook.toml, say which app and where; RC_APP_CLIENT_SECRET
if the app has one. It needs the authorization code flow and the redirect URI
http://127.0.0.1:PORT/callback of the --port that you choose.";

/// No JWT comes near it.
const LONGEST_JWT: u64 = 1 << 16;

/// Sign in with a browser or a JWT, once for all commands to come
///
/// What the server gives is kept in a file that only you may read, and renewed ahead of time by whichever
/// command needs it. Where RC_USER_JWT is set, commands sign in with that instead.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Login {
    /// With a JWT credential: RC_USER_JWT, or else what is typed or piped in
    #[arg(long)]
    jwt: bool,
    /// Open no browser; take the address that one on another machine was sent to at last
    #[arg(long, conflicts_with = "jwt")]
    no_browser: bool,
    /// Where the browser comes back to on 127.0.0.1; 0 takes any free port
    #[arg(long, value_name = "PORT", default_value_t = 0, conflicts_with = "jwt")]
    port: u16,
    /// How long to wait for the browser
    #[arg(long, value_name = "TIME", default_value = "5m", conflicts_with = "jwt")]
    timeout: String,
    /// Only say who is signed in
    #[arg(long, conflicts_with_all = ["jwt", "no_browser", "port", "timeout"])]
    status: bool,
    /// Print as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten, next_help_heading = "Settings")]
    sources: Sources,
}

impl Login {
    pub async fn run(self) -> anyhow::Result<ExitCodeNumber> {
        let config = Config::load(&self.sources)?;
        let (connection, file) = config.stored()?;
        let keep: Arc<dyn Keep> = file.clone();
        let login = if self.status {
            match (callbook_ringcentral::Login::load(&*keep)?, config.jwt_source()?) {
                (Some(login), _) => login,
                (None, Some(source)) => return by_jwt(&connection, &source, self.json),
                (None, None) => return Err(Upstream::NotSignedIn.into()),
            }
        } else {
            let client = Client::new(connection.clone(), Retry::default())?;
            if self.jwt {
                client.log_in(&keep, &Grant::Jwt(&jwt(&config)?)).await?;
            } else {
                let patience_ms =
                    u64::try_from(time::length_ms(&self.timeout)?).unwrap_or_default();
                let options =
                    browser::Options { open: !self.no_browser, port: self.port, patience_ms };
                browser::sign_in(&client, &connection, &keep, &options).await?;
            }
            client.find_out_who(&keep).await?
        };
        let report = Report::new(&connection, &login, &file.path());
        if let Some(source) = config.jwt_source()? {
            note!("note: there is a JWT, {source}: commands sign in with it, and not with this");
        }
        if self.json {
            return print_json(&report);
        }
        report.print()?;
        Ok(failure::OK)
    }
}

/// Nothing is kept where each command signs in anew.
fn by_jwt(connection: &Connection, source: &str, as_json: bool) -> anyhow::Result<ExitCodeNumber> {
    let server_url = connection.server_url.as_str().trim_end_matches('/');
    let client_id = &connection.client_id;
    if as_json {
        return print_json(&json!({
            "server_url": server_url, "client_id": client_id, "signed_in_with": "jwt",
            "jwt": source,
        }));
    }
    say!("signed in  by each command anew, with the JWT {source}")?;
    say!("with       the app {client_id} at {server_url}")?;
    note!("`callbook doctor` tries it, and says what the app lacks");
    Ok(failure::OK)
}

/// The JWT that is set; else what is typed, without showing it, or piped in.
fn jwt(config: &Config) -> anyhow::Result<SecretString> {
    if let Some(jwt) = config.jwt()? {
        return Ok(jwt);
    }
    let mut text = String::new();
    if std::io::stdin().is_terminal() {
        text = rpassword::prompt_password("JWT (it is not shown): ").context("cannot read it")?;
    } else {
        let mut input = std::io::stdin().take(LONGEST_JWT);
        input.read_to_string(&mut text).context("cannot read the JWT")?;
    }
    let jwt = SecretString::from(text.trim());
    if jwt.expose_secret().is_empty() {
        let message = "there is no JWT".to_owned();
        return Err(Usage { message, hint: "set RC_USER_JWT, or pipe it in" }.into());
    }
    Ok(jwt)
}
