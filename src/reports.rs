//! Reports of the settings: those built in, and people's own; what words mean in the archive.

use std::path::PathBuf;

use callbook_model::{Region, number_key};
use callbook_report::{Catalog, Origin, Words};
use callbook_store::{Account, Extension, Store};
use serde::Deserialize;

use crate::commands::filter::who::find;
use crate::config::Config;
use crate::output::note;

/// `[reports]` of `callbook.toml`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table")]
pub struct Settings {
    /// The folder of people's own reports.
    pub folder: Option<PathBuf>,
}

/// All reports that can be read; the files of those that cannot are named.
///
/// # Errors
/// When the folder is there and cannot be read.
pub fn catalog(config: &Config) -> anyhow::Result<Catalog> {
    let catalog = Catalog::built_in().with_folder(&config.reports_folder())?;
    for bad in &catalog.bad {
        note!("warning: no report: {bad}");
    }
    for report in catalog.iter() {
        if let Origin::File { path, replaces: true } = &report.origin {
            note!("{} is in the place of the report '{}'", path.display(), report.name);
        }
    }
    Ok(catalog)
}

/// What words mean in an account's archive.
pub struct Known {
    home: Region,
    newest: Vec<Extension>,
    past: Vec<Extension>,
}

impl Known {
    /// # Errors
    /// When the archive cannot be read.
    pub async fn read(store: &Store, account: &Account) -> anyhow::Result<Self> {
        let names = store.names(account.key).await?;
        let (newest, past) = (names.newest(), names.ever().cloned().collect());
        Ok(Self { home: account.home, newest, past })
    }

    fn find(&self, text: &str, queues: bool) -> Result<i64, String> {
        let wanted = |each: &&Extension| !queues || each.kind.as_deref() == Some("Department");
        let newest: Vec<Extension> = self.newest.iter().filter(wanted).cloned().collect();
        let past: Vec<Extension> = self.past.iter().filter(wanted).cloned().collect();
        let found = find(&newest, &past, text, if queues { "queue" } else { "extension" });
        found.map(|id| id.0.cast_signed()).map_err(|usage| usage.message)
    }
}

impl Words for Known {
    fn phone(&self, text: &str) -> Option<String> {
        number_key(text, self.home)
    }

    fn extension(&self, text: &str) -> Result<i64, String> {
        self.find(text, false)
    }

    fn queue(&self, text: &str) -> Result<i64, String> {
        self.find(text, true)
    }
}
