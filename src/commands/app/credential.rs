//! `callbook app credential`.

use std::path::PathBuf;

use callbook_server::NewCredential;
use clap::Args;
use jiff::Timestamp;
use secrecy::ExposeSecret as _;
use serde_json::json;

use super::env_file::{self, EnvFile};
use super::{Common, SERVER_URL, client_id, expiry, name, person};
use crate::commands::print_json;
use crate::failure::{self, ExitCodeNumber};
use crate::output::{note, say};

const EXAMPLES: &str = "\
Examples:
  callbook app credential 101                                    good for every app
  callbook app credential 'Ann Smith' --app Wallboard --expires 90d
  callbook app credential 101 --env-file wallboard.env           where `app create` wrote the rest
  callbook app credentials                                       what there is, and whether it is used
  callbook app revoke 5bd1cd88-0d9f-4c3b-9a0f-5b0f8a2b1f0e";

/// Make a JWT that an app signs in with, for somebody
///
/// It is printed once. Whoever has it and an app's secret reads what that person may read.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Credential {
    /// Whose: an extension number, a name or an id
    person: String,
    /// The one app that it is good for, by name or client id [default: any]
    #[arg(long, value_name = "APP")]
    app: Option<String>,
    /// How long it is good: 1y, 90d, 12h or never
    #[arg(long, value_name = "TIME", default_value = "1y")]
    expires: String,
    /// Write it to this file instead of printing it; what else is in the file stays
    #[arg(long, value_name = "FILE")]
    env_file: Option<PathBuf>,
    /// Where the app will reach `callbook serve` [default: RC_SERVER_URL of the file, else
    /// http://127.0.0.1:8720]
    #[arg(long, value_name = "URL")]
    server_url: Option<String>,
    #[command(flatten)]
    common: Common,
}

impl Credential {
    pub async fn run(self) -> anyhow::Result<ExitCodeNumber> {
        let (store, account) = self.common.open().await?;
        let now = Timestamp::now();
        let expires = expiry(&self.expires, now)?;
        let person = person(&store, &account, &self.person).await?;
        let app = match &self.app {
            Some(wanted) => Some(client_id(&store, &account, wanted).await?),
            None => None,
        };
        let mut file = match &self.env_file {
            Some(path) => EnvFile::read(path)?,
            None => EnvFile::default(),
        };
        let server_url = self.server_url.as_deref().or(file.get(env_file::SERVER_URL));
        let server_url = server_url.unwrap_or(SERVER_URL).trim_end_matches('/').to_owned();
        let new = NewCredential { extension: person.id, app, server_url, expires };
        let (server_url, app) = (new.server_url.clone(), new.app.clone());
        let (credential, jwt) = new.sign(now)?;
        let (id, expires_ms) = (credential.id.clone(), credential.expires_ms);
        store.put_credential(account.key, credential).await?;
        let jwt = jwt.expose_secret();
        if let Some(path) = &self.env_file {
            file.set(env_file::SERVER_URL, &server_url);
            if let Some(app) = &app {
                file.set(env_file::CLIENT_ID, app);
            }
            file.set(env_file::JWT, jwt);
            file.write(path, true)?;
            if file.get(env_file::CLIENT_SECRET).is_none() {
                note!("note: {} has no {}", path.display(), env_file::CLIENT_SECRET);
            }
            note!("{} acts for {}: {}", id, name(&person), path.display());
        } else if self.common.json {
            let expires = expires_ms.and_then(|ms| Timestamp::from_millisecond(ms).ok());
            print_json(
                &json!({ "id": id, "person": person.id, "app": app, "jwt": jwt, "expires": expires }),
            )?;
        } else {
            say!("{jwt}")?;
            note!("{} acts for {}; it is not shown again", id, name(&person));
        }
        Ok(failure::OK)
    }
}
