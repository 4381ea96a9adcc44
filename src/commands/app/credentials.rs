//! `callbook app credentials`.

use callbook_store::{AppCredential, RegisteredApp};
use clap::Args;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::{Common, names};
use crate::commands::print_json;
use crate::failure::{self, ExitCodeNumber};
use crate::output::{self, note};
use crate::time;

/// List the JWTs that were made, never themselves
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  callbook app credentials\n  callbook app credentials --json")]
pub struct Credentials {
    #[command(flatten)]
    common: Common,
}

impl Credentials {
    pub async fn run(self) -> anyhow::Result<ExitCodeNumber> {
        let (store, account) = self.common.open().await?;
        let credentials = store.credentials(account.key).await?;
        if self.common.json {
            return print_json(&credentials.iter().map(as_json).collect::<Vec<_>>());
        }
        if credentials.is_empty() {
            note!("there are none yet; `callbook app credential PERSON` makes one");
            return Ok(failure::OK);
        }
        let (apps, name) = (store.apps(account.key).await?, names(&store, &account).await?);
        let now_ms = Timestamp::now().as_millisecond();
        let zone = TimeZone::system();
        let moment =
            |ms: Option<i64>| ms.map_or_else(|| "never".into(), |ms| time::minute(ms, &zone));
        let header = ["ID", "PERSON", "APP", "EXPIRES", "LAST USED", "STATE"];
        let mut table = output::table(&header, &[1, 2]);
        for credential in &credentials {
            table.add_row(output::row([
                credential.id.clone(),
                name(credential.extension),
                app_name(credential, &apps),
                moment(credential.expires_ms),
                moment(credential.last_used_ms),
                state(credential, now_ms).to_owned(),
            ]));
        }
        output::print(&table)?;
        Ok(failure::OK)
    }
}

fn app_name(credential: &AppCredential, apps: &[RegisteredApp]) -> String {
    let Some(id) = &credential.app else { return "any".to_owned() };
    let found = apps.iter().find(|app| app.client_id == *id);
    found.map_or_else(|| id.clone(), |app| app.name.clone())
}

fn state(credential: &AppCredential, now_ms: i64) -> &'static str {
    match credential.expires_ms {
        _ if credential.revoked_ms.is_some() => "revoked",
        Some(expires_ms) if expires_ms <= now_ms => "expired",
        _ => "good",
    }
}

fn as_json(credential: &AppCredential) -> Value {
    let moment = |ms: Option<i64>| ms.and_then(|ms| Timestamp::from_millisecond(ms).ok());
    json!({
        "id": credential.id,
        "person": credential.extension,
        "app": credential.app,
        "created": moment(Some(credential.created_ms)),
        "expires": moment(credential.expires_ms),
        "revoked": moment(credential.revoked_ms),
        "last_used": moment(credential.last_used_ms),
    })
}
