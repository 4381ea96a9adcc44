//! `[[deliveries]]` and `[[thresholds]]` of `callbook.toml`.

use std::collections::{BTreeMap, BTreeSet};

use callbook_delivery::{Condition, Cron, Schedule};
use callbook_report::Relative;
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::words::{Address, Attach, ChannelName, Given, Length, Name, Zone};
use crate::time::{self, TimeError};

/// Alarms of one threshold are at least so far apart, unless somebody says otherwise.
const PAUSE: SignedDuration = SignedDuration::from_hours(24);

/// A report that is sent by mail, by a schedule.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub struct Delivery {
    pub name: Name,
    account: Option<String>,
    pub report: String,
    period: Option<Relative>,
    by: Option<String>,
    #[serde(default)]
    set: BTreeMap<String, Given>,
    cron: Cron,
    tz: Option<Zone>,
    pub to: Vec<Address>,
    #[serde(default)]
    pub attach: Vec<Attach>,
}

/// A value of a report that somebody is told of.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub struct Threshold {
    pub name: Name,
    account: Option<String>,
    pub report: Option<String>,
    /// A question of its own, in the place of a report.
    pub sql: Option<String>,
    period: Option<Relative>,
    by: Option<String>,
    #[serde(default)]
    set: BTreeMap<String, Given>,
    cron: Cron,
    tz: Option<Zone>,
    pub column: String,
    pub condition: Condition,
    /// Rows in which one of these columns is less say nothing.
    #[serde(default)]
    pub at_least: BTreeMap<String, f64>,
    channels: Option<Vec<ChannelName>>,
    pause: Option<Length>,
}

/// What is asked, of which account, by whose clock.
#[derive(Debug, Clone)]
pub struct Asking<'s> {
    pub account: Option<&'s str>,
    pub period: Option<&'s Relative>,
    pub given: Vec<(String, String)>,
    pub zone: TimeZone,
}

/// One of them.
#[derive(Debug, Clone, Copy)]
pub enum Job<'s> {
    Delivery(&'s Delivery),
    Threshold(&'s Threshold),
}

impl<'s> Job<'s> {
    /// What a threshold's own question is called.
    pub const SQL: &'static str = "its own SQL";

    pub fn name(self) -> &'s str {
        match self {
            Self::Delivery(delivery) => &delivery.name.0,
            Self::Threshold(threshold) => &threshold.name.0,
        }
    }

    /// `delivery` or `threshold`.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Delivery(_) => "delivery",
            Self::Threshold(_) => "threshold",
        }
    }

    /// What is asked: a report's name, or [`Self::SQL`].
    pub fn question(self) -> &'s str {
        match self {
            Self::Delivery(delivery) => &delivery.report,
            Self::Threshold(threshold) => threshold.report.as_deref().unwrap_or(Self::SQL),
        }
    }

    /// When it is due.
    pub fn schedule(self) -> Result<Schedule, TimeError> {
        let (cron, tz) = match self {
            Self::Delivery(Delivery { cron, tz, .. }) => (cron, tz),
            Self::Threshold(Threshold { cron, tz, .. }) => (cron, tz),
        };
        Ok(Schedule { cron: cron.clone(), zone: zone(tz.as_ref())? })
    }

    pub fn asking(self) -> Result<Asking<'s>, TimeError> {
        let (account, period, by, set, tz) = match self {
            Self::Delivery(Delivery { account, period, by, set, tz, .. })
            | Self::Threshold(Threshold { account, period, by, set, tz, .. }) => {
                (account, period, by, set, tz)
            }
        };
        let by = by.iter().map(|by| ("by".to_owned(), by.clone()));
        let set = set.iter().map(|(name, value)| (name.clone(), value.0.clone()));
        Ok(Asking {
            account: account.as_deref(),
            period: period.as_ref(),
            given: by.chain(set).collect(),
            zone: zone(tz.as_ref())?,
        })
    }
}

impl Threshold {
    /// The names of the channels of `[alerts]` that are told; of all, unless somebody says otherwise.
    pub fn tells(&self, channel: &str) -> bool {
        let named = |names: &Vec<ChannelName>| names.iter().any(|name| name.as_str() == channel);
        self.channels.as_ref().is_none_or(named)
    }

    pub fn pause(&self) -> SignedDuration {
        self.pause.as_ref().map_or(PAUSE, |pause| pause.0)
    }
}

/// What is wrong with them together, if anything is.
pub fn fault(deliveries: &[Delivery], thresholds: &[Threshold]) -> Option<String> {
    let names = deliveries.iter().map(|each| &each.name.0);
    let names = names.chain(thresholds.iter().map(|each| &each.name.0));
    let mut known = BTreeSet::new();
    for name in names {
        if !known.insert(name) {
            return Some(format!("the name '{name}' is there twice"));
        }
    }
    if let Some(lonely) = deliveries.iter().find(|each| each.to.is_empty()) {
        return Some(format!("'{}' goes to nobody: `to` is empty", lonely.name.0));
    }
    let both = |each: &&Threshold| each.report.is_some() == each.sql.is_some();
    let odd = thresholds.iter().find(both)?;
    Some(format!("'{}' needs either `report` or `sql`", odd.name.0))
}

fn zone(named: Option<&Zone>) -> Result<TimeZone, TimeError> {
    named.map_or_else(|| time::named_zone(None), |zone| Ok(zone.0.clone()))
}
