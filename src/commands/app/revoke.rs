//! `callbook app revoke`.

use clap::Args;
use jiff::Timestamp;

use super::{Common, client_id};
use crate::commands::print_json;
use crate::failure::{self, ExitCodeNumber};
use crate::output::say;

const EXAMPLES: &str = "\
Examples:
  callbook app revoke Wallboard
  callbook app revoke app-Zm9vYmFyYmF6cXV4
  callbook app revoke 5bd1cd88-0d9f-4c3b-9a0f-5b0f8a2b1f0e

Sessions end with it; a server notices within two seconds.";

/// Revoke an app, or one JWT
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Revoke {
    /// An app's name or client id, or a JWT's id of `callbook app credentials`
    what: String,
    #[command(flatten)]
    common: Common,
}

impl Revoke {
    pub async fn run(self) -> anyhow::Result<ExitCodeNumber> {
        let (store, account) = self.common.open().await?;
        let now_ms = Timestamp::now().as_millisecond();
        let revoked = if store.revoke_credential(account.key, &self.what, now_ms).await? {
            self.what.clone()
        } else {
            let client_id = client_id(&store, &account, &self.what).await?;
            store.revoke_app(account.key, &client_id, now_ms).await?;
            client_id
        };
        if self.common.json {
            return print_json(&serde_json::json!({ "revoked": revoked }));
        }
        say!("{revoked} is revoked, and its sessions have ended")?;
        Ok(failure::OK)
    }
}
