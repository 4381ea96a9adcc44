//! Where each setting's value comes from, and what may be shown of it.

use std::path::PathBuf;

use callbook_login::Logins;
use callbook_ringcentral::parse_server_url;
use callbook_store::Location;
use serde::Serialize;

use super::setting::{Kind, SETTINGS, Setting};
use super::{Config, ConfigError, read};

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", content = "name", rename_all = "snake_case")]
pub enum Origin {
    /// A flag of the command line.
    Flag(&'static str),
    /// A variable of the env file.
    EnvFile(&'static str),
    /// A variable of the environment.
    Environment(&'static str),
    /// `callbook.toml`, by whichever path it was read.
    File(PathBuf),
    /// Nobody said anything.
    Default,
    /// There is no value.
    Unset,
}

/// A setting as it is in effect. Nothing secret is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Its place in `callbook.toml`; of a secret, the one of its names that is used.
    pub setting: String,
    /// What may be shown of the value.
    pub value: Option<String>,
    /// The value, or a part of it, is not shown.
    pub secret: bool,
    /// Where it comes from.
    pub origin: Origin,
}

impl Config {
    /// Every setting.
    ///
    /// # Errors
    /// When the file of settings cannot be read any more.
    pub fn rows(&self) -> Result<Vec<Row>, ConfigError> {
        let table = match &self.path {
            // That it is TOML was found when it was loaded.
            Some(path) => read(path)?.parse().unwrap_or_default(),
            None => toml::Table::new(),
        };
        Ok(SETTINGS.iter().map(|setting| self.row(setting, &table)).collect())
    }

    /// Where the JWT credential comes from, in words, if one is set.
    ///
    /// # Errors
    /// As [`Config::rows`], and when the JWT cannot be had from there.
    pub fn jwt_source(&self) -> Result<Option<String>, ConfigError> {
        if self.jwt()?.is_none() {
            return Ok(None);
        }
        let rows = self.rows()?;
        let row = rows.into_iter().find(|row| row.setting.starts_with("ringcentral.jwt"));
        Ok(row.map(|row| match (row.origin, row.value) {
            (Origin::EnvFile(name), _) => format!("{name} of --env-file"),
            (Origin::File(_), Some(path)) => format!("of {}", self.beside(path.as_ref()).display()),
            (Origin::File(path), None) => format!("of {}", path.display()),
            (Origin::Environment(name) | Origin::Flag(name), _) => {
                format!("{name} of the environment")
            }
            (Origin::Default | Origin::Unset, _) => "of the settings".to_owned(),
        }))
    }

    /// Files that a setting's secret is in, by itself or among others.
    ///
    /// # Errors
    /// As [`Config::rows`].
    pub fn files_with_secrets(&self) -> Result<Vec<PathBuf>, ConfigError> {
        let rows = self.rows()?.into_iter();
        let mut files: Vec<PathBuf> = rows
            .filter_map(|row| match row.origin {
                Origin::File(_) if row.setting.ends_with("_file") => {
                    row.value.map(|value| self.beside(value.as_ref()))
                }
                Origin::File(path) if row.secret => Some(path),
                Origin::EnvFile(_) if row.secret => self.env_path.clone(),
                _ => None,
            })
            .collect();
        files.sort();
        files.dedup();
        Ok(files)
    }

    fn row(&self, setting: &Setting, table: &toml::Table) -> Row {
        if let Some((text, origin)) = self.outside(setting) {
            return row(setting.key.to_owned(), setting.kind, &text, origin);
        }
        let origin = || Origin::File(self.path.clone().unwrap_or_default());
        let elsewhere = setting.kind == Kind::SecretElsewhere;
        let ways = [("", setting.kind), ("_file", Kind::Plain), ("_command", Kind::Secret)];
        for (suffix, kind) in ways.into_iter().take(if elsewhere { 3 } else { 1 }) {
            let key = format!("{}{suffix}", setting.key);
            if let Some(value) = look_up(table, &key) {
                let text = if kind == Kind::Names { names(value) } else { in_words(value) };
                return row(key, kind, &text, origin());
            }
        }
        let key = setting.key.to_owned();
        match setting.default.map(str::to_owned).or_else(|| self.usual(setting.key)) {
            Some(default) => row(key, setting.kind, &default, Origin::Default),
            None => Row { setting: key, value: None, secret: false, origin: Origin::Unset },
        }
    }

    /// What is in effect when nobody says so, where it depends on other settings.
    fn usual(&self, key: &str) -> Option<String> {
        let path = match key {
            "logins.folder" => Logins::of_this_person().ok()?.folder().to_owned(),
            "recordings.store" | "recordings.spool" | "lake.folder" => {
                let Location::Sqlite(archive) = self.location().ok()? else { return None };
                archive.with_extension(match key {
                    "recordings.store" => "recordings",
                    "recordings.spool" => "spool",
                    _ => "lake",
                })
            }
            "reports.folder" => self.reports_folder(),
            _ => return None,
        };
        Some(path.display().to_string())
    }

    /// What comes before `callbook.toml`.
    fn outside(&self, setting: &Setting) -> Option<(String, Origin)> {
        if let (Some(flag), Some(value)) = (setting.flag, &self.database) {
            return Some((value.clone(), Origin::Flag(flag)));
        }
        let name = setting.variable?;
        let value = self.variable(name)?;
        let origin = match self.env_file.contains_key(name) {
            true => Origin::EnvFile(name),
            false => Origin::Environment(name),
        };
        Some((value, origin))
    }
}

/// Shows of a value what may be shown.
fn row(setting: String, kind: Kind, text: &str, origin: Origin) -> Row {
    let (value, secret) = match kind {
        Kind::Plain | Kind::Names => (Some(text.to_owned()), false),
        Kind::Secret | Kind::SecretElsewhere => (None, true),
        Kind::Database => match text.parse::<Location>() {
            Ok(Location::Sqlite(path)) => (Some(path.display().to_string()), false),
            Ok(server) => (Some(server.to_string()), true),
            Err(_) => (None, true),
        },
        Kind::Server => {
            let shown = parse_server_url(text).is_ok();
            (shown.then(|| text.split(['?', '#']).next().unwrap_or_default().to_owned()), !shown)
        }
    };
    Row { setting, value, secret, origin }
}

fn look_up<'a>(table: &'a toml::Table, key: &str) -> Option<&'a toml::Value> {
    let mut names = key.split('.');
    let first = table.get(names.next()?);
    names.fold(first, |value, name| value?.get(name))
}

fn in_words(value: &toml::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The names of tables.
fn names(value: &toml::Value) -> String {
    let tables = value.as_array().into_iter().flatten();
    let names = tables.filter_map(|table| table.get("name")?.as_str());
    names.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::super::{File, Sources};
    use super::*;

    /// The names that a table may have, by what is said of a wrong one.
    fn names(table: &str) -> Vec<String> {
        let text = format!("{table}\nno_such_setting = 1");
        let message = toml::from_str::<File>(&text).unwrap_err().message().to_owned();
        let names = message.split('`').skip(3).step_by(2);
        names.map(str::to_owned).collect()
    }

    #[test]
    fn every_setting_of_the_file_is_in_the_list() {
        let is_known = |key: &str| {
            SETTINGS.iter().any(|Setting { key: known, kind, .. }| match kind {
                Kind::SecretElsewhere => key
                    .strip_prefix(known)
                    .is_some_and(|suffix| ["", "_file", "_command"].contains(&suffix)),
                _ => key == *known,
            })
        };
        let tables =
            ["ringcentral", "logins", "recordings", "alerts", "alerts.email", "lake", "reports"];
        for name in names("") {
            assert!(is_known(&name) || tables.contains(&name.as_str()), "{name}");
        }
        for table in tables {
            let names = names(&format!("[{table}]"));
            assert!(!names.is_empty(), "{table}: {names:?}");
            for name in names {
                let key = format!("{table}.{name}");
                assert!(is_known(&key) || tables.contains(&key.as_str()), "{key}");
            }
        }
    }

    #[test]
    fn a_row_tells_where_from_and_no_secret() {
        let folder = tempfile::tempdir().unwrap();
        let (toml, env) = (folder.path().join("a.toml"), folder.path().join("an.env"));
        let text = "database = 'postgres://ann:CANARY@db/calls'\n[ringcentral]\n\
             client_secret_file = 'secret'\njwt = 'CANARY'\n[alerts]\nwebhook = 'https://CANARY'";
        std::fs::write(&toml, text).unwrap();
        std::fs::write(&env, "RC_USER_JWT=CANARY\nRC_SERVER_URL=https://a:CANARY@b").unwrap();
        let sources =
            Sources { database: None, config: Some(toml.clone()), env_file: Some(env.clone()) };
        let config = Config::load(&sources).unwrap();
        let rows = config.rows().unwrap();
        assert!(!format!("{rows:?}").contains("CANARY"), "{rows:?}");
        let origin = |name: &str| {
            let row = rows.iter().find(|row| row.setting == name);
            row.map(|row| (row.value.as_deref(), row.origin.clone())).unwrap()
        };
        let file = Origin::File(toml.clone());
        assert_eq!(origin("database"), (Some("postgres://db/calls"), file.clone()));
        assert_eq!(origin("ringcentral.server_url"), (None, Origin::EnvFile("RC_SERVER_URL")));
        assert_eq!(origin("ringcentral.client_id"), (None, Origin::Unset));
        assert_eq!(origin("ringcentral.client_secret_file"), (Some("secret"), file));
        assert_eq!(origin("ringcentral.jwt"), (None, Origin::EnvFile("RC_USER_JWT")));
        assert_eq!(origin("alerts.disk_free_mb"), (Some("2000"), Origin::Default));
        let secret = folder.path().join("secret");
        assert_eq!(config.files_with_secrets().unwrap(), [toml, env, secret]);
    }
}
