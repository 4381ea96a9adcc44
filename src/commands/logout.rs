//! `callbook logout`: ends what `callbook login` began.

use std::sync::Arc;

use callbook_ringcentral::{Client, Keep, Retry, forget_login};
use clap::Args;

use crate::config::{Config, Sources};
use crate::failure::{self, ExitCodeNumber};
use crate::output::{note, say};

const EXAMPLES: &str = "\
Examples:
  callbook logout
  callbook logout --offline      when the server cannot be reached, or has ended the login itself";

/// Sign out: the server revokes the tokens, and nothing of them stays here
///
/// Archives stay as they are.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Logout {
    /// Only remove what is kept here; the server is not told
    #[arg(long)]
    offline: bool,
    #[command(flatten, next_help_heading = "Settings")]
    sources: Sources,
}

impl Logout {
    pub async fn run(self) -> anyhow::Result<ExitCodeNumber> {
        let (connection, file) = Config::load(&self.sources)?.stored()?;
        let keep: Arc<dyn Keep> = file;
        if self.offline {
            forget_login(&keep).await?;
            say!("signed out here; the server was not told")?;
            return Ok(failure::OK);
        }
        let client = Client::new(connection, Retry::default())?;
        client.log_out(&keep).await?;
        say!("signed out")?;
        note!(
            "a JWT credential, if there was one, stays good until it is revoked in the developer console"
        );
        Ok(failure::OK)
    }
}
