//! `callbook app list`.

use callbook_store::RegisteredApp;
use clap::Args;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::Common;
use crate::commands::print_json;
use crate::failure::{self, ExitCodeNumber};
use crate::output::{self, note};

/// List the apps
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  callbook app list\n  callbook app list --all --json")]
pub struct List {
    /// Those that were revoked as well
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    common: Common,
}

impl List {
    pub async fn run(self) -> anyhow::Result<ExitCodeNumber> {
        let (store, account) = self.common.open().await?;
        let mut apps = store.apps(account.key).await?;
        apps.retain(|app| self.all || app.revoked_ms.is_none());
        if self.common.json {
            return print_json(&apps.iter().map(as_json).collect::<Vec<_>>());
        }
        if apps.is_empty() {
            note!("there are none yet; `callbook app create NAME` registers one");
            return Ok(failure::OK);
        }
        let header = ["CLIENT ID", "NAME", "KIND", "SCOPES", "HEAVY", "NUMBERS", "STATE"];
        let mut table = output::table(&header, &[1, 3]);
        for app in &apps {
            table.add_row(output::row([
                app.client_id.clone(),
                app.name.clone(),
                if app.secret_hash.is_some() { "confidential" } else { "public" }.to_owned(),
                app.scopes.join(" "),
                app.plan.clone().unwrap_or_else(|| "as served".to_owned()),
                if app.masks_numbers { "masked" } else { "whole" }.to_owned(),
                if app.revoked_ms.is_some() { "revoked" } else { "good" }.to_owned(),
            ]));
        }
        output::print(&table)?;
        Ok(failure::OK)
    }
}

fn as_json(app: &RegisteredApp) -> Value {
    let moment = |ms: Option<i64>| ms.and_then(|ms| Timestamp::from_millisecond(ms).ok());
    json!({
        "client_id": app.client_id,
        "name": app.name,
        "public": app.secret_hash.is_none(),
        "scopes": app.scopes,
        "redirect_uris": app.redirect_uris,
        "heavy": app.plan,
        "mask_numbers": app.masks_numbers,
        "created": moment(Some(app.created_ms)),
        "revoked": moment(app.revoked_ms),
    })
}
