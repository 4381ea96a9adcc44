//! `callbook account add`: a new account, or another setting of one.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use callbook_login::Logins;
use callbook_ringcentral::parse_server_url;
use callbook_store::{Registration, Settings, Store};
use clap::Args;
use secrecy::ExposeSecret as _;

use crate::config::SERVER_URL;
use crate::credentials;
use crate::failure::{self, ExitCodeNumber, Usage};
use crate::output::{note, say};
use crate::time;

const EXAMPLES: &str = "\
Examples:
  callbook account add acme --credentials /etc/callbook/acme.env
  callbook account add acme --every 1h                            all else of it stays
  callbook account add cole --credentials cole.env --retention 7y
  callbook account add cole --retention forever";

/// Seconds from one sync to the next, unless somebody says otherwise.
const EVERY_S: i64 = 15 * 60;
/// How long upstream is known to list calls at least, in days.
const UPSTREAM_DAYS: i64 = 270;

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Add {
    /// What you call it
    name: String,
    /// A file of NAME=value lines with its credentials
    #[arg(long, value_name = "FILE")]
    credentials: Option<PathBuf>,
    /// A command that prints such lines
    #[arg(long, value_name = "COMMAND", conflicts_with = "credentials")]
    credentials_command: Option<String>,
    /// The server [default: RC_SERVER_URL of the credentials, else RingCentral's]
    #[arg(long, value_name = "URL")]
    server_url: Option<String>,
    /// How often it is synced: 15m, 1h, 1d [default: 15m]
    #[arg(long, value_name = "TIME")]
    every: Option<String>,
    /// Erase calls older than this, such as 7y (calendar years) or 90d [default: forever keeps them]
    #[arg(long, value_name = "TIME")]
    retention: Option<String>,
    /// For how long the server itself surely keeps calls: what is missing there after that is no deletion [default: 270d]
    #[arg(long, value_name = "TIME")]
    upstream_retention: Option<String>,
}

impl Add {
    pub async fn run(self, store: &Store, logins: &Logins) -> anyhow::Result<ExitCodeNumber> {
        let registrations = store.registrations().await?;
        let known = registrations.iter().find(|each| each.name == self.name);
        if known.is_none() {
            check_name(&self.name)?;
        }
        let settings = self.settings(known.map(|known| &known.settings))?;
        let variables = credentials::resolve(&settings.credentials)?;
        let settings = self.with_server(settings, &variables)?;
        // Says now what is missing, rather than at the first sync.
        credentials::connection(&variables, &settings.server_url, logins)?;
        warn_of_twins(&self.name, &settings, &registrations);
        let every = time::interval(settings.every_s);
        let erased = settings.retention_days.map_or_else(String::new, |days| {
            format!("; calls older than {} are erased then, with their recordings", in_words(days))
        });
        store.put_registration(&self.name, settings).await?;
        say!("{} will be synced every {every} by `callbook sync --all`{erased}", self.name)?;
        Ok(failure::OK)
    }

    /// What was named, and of the rest what is known.
    fn settings(&self, known: Option<&Settings>) -> anyhow::Result<Settings> {
        let credentials = match (&self.credentials, &self.credentials_command) {
            (Some(path), _) => Some(format!("file:{}", absolute(path)?.display())),
            (None, Some(command)) => Some(format!("command:{command}")),
            (None, None) => known.map(|known| known.credentials.clone()),
        };
        let every_s = self.every.as_deref().map(every_s).transpose()?;
        let upstream_days = self.upstream_retention.as_deref().map(days).transpose()?;
        let retention_days = match self.retention.as_deref() {
            None => known.and_then(|known| known.retention_days),
            Some("forever") => None,
            Some(text) => Some(days(text)?),
        };
        Ok(Settings {
            server_url: known.map_or(SERVER_URL, |known| &known.server_url).to_owned(),
            credentials: credentials.ok_or_else(|| Usage {
                message: format!("nobody has said where the credentials of {} are", self.name),
                hint: "give --credentials FILE, or --credentials-command COMMAND",
            })?,
            every_s: every_s.or(known.map(|known| known.every_s)).unwrap_or(EVERY_S),
            retention_days,
            upstream_days: upstream_days
                .or(known.map(|known| known.upstream_days))
                .unwrap_or(UPSTREAM_DAYS),
        })
    }

    /// With the server of the flag, else of new credentials.
    fn with_server(
        &self,
        mut settings: Settings,
        variables: &credentials::Variables,
    ) -> anyhow::Result<Settings> {
        let is_new = self.credentials.is_some() || self.credentials_command.is_some();
        let named = variables.get("RC_SERVER_URL").filter(|_| is_new);
        let named = named.map(|url| url.expose_secret().to_owned());
        if let Some(url) = self.server_url.clone().or(named) {
            settings.server_url = url;
        }
        let server_url = parse_server_url(&settings.server_url)?;
        server_url.as_str().trim_end_matches('/').clone_into(&mut settings.server_url);
        Ok(settings)
    }
}

/// A name that can be told from an id, and that needs no quotes.
fn check_name(name: &str) -> anyhow::Result<()> {
    let usual = |each: char| each.is_alphanumeric() || "-_.".contains(each);
    let is_id = name.chars().all(|each| each.is_ascii_digit());
    if !is_id && !name.starts_with('-') && name.chars().all(usual) {
        return Ok(());
    }
    let message = format!("'{name}' is no name for an account");
    let hint = "letters, digits, '-', '_' and '.', not digits alone: such as acme or acme-london";
    Err(Usage { message, hint }.into())
}

/// Two names of one account do no harm, but each of them has to wait for the other.
fn warn_of_twins(name: &str, settings: &Settings, registrations: &[Registration]) {
    let twin = registrations
        .iter()
        .find(|each| each.name != name && each.settings.credentials == settings.credentials);
    if let Some(twin) = twin {
        note!("warning: {} has the same credentials: it is synced twice", twin.name);
    }
}

fn absolute(path: &Path) -> anyhow::Result<PathBuf> {
    std::path::absolute(path).with_context(|| format!("cannot find {}", path.display()))
}

fn every_s(text: &str) -> anyhow::Result<i64> {
    let days = text.strip_suffix('d').and_then(|days| days.parse::<u16>().ok());
    let every_s = match days {
        Some(days) => i64::from(days) * 86_400,
        None => time::length_ms(text)? / 1000,
    };
    if every_s < 60 {
        let message = "an account cannot be synced more often than once a minute".to_owned();
        return Err(Usage { message, hint: "the default is 15m" }.into());
    }
    Ok(every_s)
}

/// `7y` or `90d`, in days.
fn days(text: &str) -> anyhow::Result<i64> {
    let number = |unit| text.strip_suffix(unit).and_then(|number| number.trim().parse().ok());
    let days = number('d').or_else(|| number('y').and_then(days_of_years));
    let wrong = || Usage {
        message: format!("'{text}' is no number of days or years"),
        hint: "write 90d or 7y",
    };
    Ok(days.filter(|days| *days > 0).ok_or_else(wrong)?)
}

/// As many days as so many calendar years can have at most: nothing is erased before they are over.
fn days_of_years(years: i64) -> Option<i64> {
    years.checked_mul(365)?.checked_add(years.checked_add(3)? / 4)
}

/// Days as they were given: `7 years`, `90 days`.
pub fn in_words(days: i64) -> String {
    let years = days / 365;
    let (number, unit) =
        if days_of_years(years) == Some(days) { (years, "year") } else { (days, "day") };
    crate::output::counted(number.unsigned_abs(), unit)
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;
    use jiff::civil::date;

    use super::*;

    #[test]
    fn years_are_those_of_the_calendar_and_nothing_is_erased_before_their_end() {
        for years in 1..=20 {
            let kept = days_of_years(years).unwrap();
            for begin in 1..=60 {
                let begin = date(2023, 1, 31).checked_add((begin * 31).days()).unwrap();
                let over = begin.checked_add(years.years()).unwrap();
                let erased = begin.checked_add(kept.days()).unwrap();
                assert!(erased >= over, "{begin} {years}");
                assert!(erased <= over.checked_add(1.day()).unwrap(), "{begin} {years}");
            }
        }
    }

    #[test]
    fn retention_is_told_as_it_was_given() {
        for (text, told) in
            [("7y", "7 years"), ("1y", "1 year"), ("1d", "1 day"), ("2555d", "2,555 days")]
        {
            assert_eq!(in_words(days(text).unwrap()), told);
        }
        assert!(days("0d").is_err() && days("7").is_err());
    }

    #[test]
    fn names() {
        assert!(check_name("acme-london.2").is_ok());
        for name in ["we ird/x", "4711", "", "-x"] {
            assert!(check_name(name).is_err(), "{name}");
        }
    }
}
