//! `callbook directory list`.

use std::collections::{BTreeMap, HashMap};

use callbook_model::{DirectoryKind, ExtensionId};
use callbook_store::{Account, Fact, Store};
use clap::Args;
use comfy_table::Table;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::{Common, Topic, as_json, hours};
use crate::commands::print_json;
use crate::failure::{self, ExitCodeNumber};
use crate::output::{self, note};
use crate::time;

/// Names that a cell lists.
type Names = BTreeMap<ExtensionId, Vec<String>>;

const EXAMPLES: &str = "\
Examples:
  callbook directory list
  callbook directory list queues --at 2024-01-31      who answered them then";

/// List people, queues, numbers, sites or business hours, as of a moment
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct List {
    /// What to list
    #[arg(default_value = "people")]
    topic: Topic,
    /// As it was at the end of this day, or at this moment [default: as last seen]
    #[arg(long, value_name = "DATE")]
    at: Option<String>,
    #[command(flatten)]
    common: Common,
}

/// The directory at one moment.
struct Directory {
    store: Store,
    account: Account,
    at_ms: i64,
}

impl List {
    pub async fn run(self) -> anyhow::Result<ExitCodeNumber> {
        let zone = time::zone(self.common.tz.as_deref())?;
        let at_ms = self.at.as_deref().map_or(Ok(i64::MAX), |text| moment(text, &zone))?;
        let (store, account) = self.common.open().await?;
        let directory = Directory { store, account, at_ms };
        let mut facts = directory.facts(self.topic.kind()).await?;
        facts.retain(|fact| self.topic.has(fact));
        facts.sort_by_cached_key(by_number);
        if self.common.json {
            return print_json(&facts.iter().map(as_json).collect::<Vec<_>>());
        }
        if facts.is_empty() {
            note!(
                "nothing is known of them: `callbook sync` reads them, `callbook status` says what it may not"
            );
            return Ok(failure::OK);
        }
        let table = match self.topic {
            Topic::People => directory.people(&facts).await?,
            Topic::Queues => directory.queues(&facts).await?,
            Topic::Numbers => directory.numbers(&facts).await?,
            Topic::Sites => sites(&facts),
            Topic::Hours => directory.hours(&facts).await?,
        };
        output::print(&table)?;
        Ok(failure::OK)
    }
}

/// The last millisecond of a day, or the moment itself.
fn moment(text: &str, zone: &TimeZone) -> Result<i64, time::TimeError> {
    let (beginning, end) = (time::beginning(text, zone)?, time::end(text, zone)?);
    let is_moment = beginning == end;
    Ok(end.as_millisecond() - i64::from(!is_moment))
}

/// 99 comes before 101.
fn by_number(fact: &Fact) -> (usize, String, u64) {
    let number = fact.entry.number.clone().unwrap_or_default();
    (number.len(), number, fact.part)
}

impl Directory {
    async fn facts(&self, kind: DirectoryKind) -> anyhow::Result<Vec<Fact>> {
        Ok(self.store.directory_at(self.account.key, kind, self.at_ms).await?)
    }

    /// What extensions were called, by id.
    async fn names(&self) -> anyhow::Result<HashMap<ExtensionId, String>> {
        let facts = self.facts(DirectoryKind::Extension).await?;
        let named = |fact: Fact| {
            let id = fact.entry.extension?;
            Some((id, fact.entry.name.or(fact.entry.number).unwrap_or_else(|| id.to_string())))
        };
        Ok(facts.into_iter().filter_map(named).collect())
    }

    /// Of each member the queues, or of each queue the members.
    async fn memberships(&self, of_queue: bool) -> anyhow::Result<Names> {
        let (names, mut listed) = (self.names().await?, Names::new());
        for fact in self.facts(DirectoryKind::Member).await? {
            let (Some(member), queue) = (fact.entry.extension, ExtensionId(fact.part)) else {
                continue;
            };
            let (key, value) = if of_queue { (queue, member) } else { (member, queue) };
            let name = names.get(&value).cloned().unwrap_or_else(|| value.to_string());
            listed.entry(key).or_default().push(name);
        }
        listed.values_mut().for_each(|names| names.sort());
        Ok(listed)
    }

    /// What sites were called, by id.
    async fn sites(&self) -> anyhow::Result<HashMap<String, String>> {
        let facts = self.facts(DirectoryKind::Site).await?;
        Ok(facts.into_iter().filter_map(|fact| Some((fact.entry.id, fact.entry.name?))).collect())
    }

    async fn people(&self, facts: &[Fact]) -> anyhow::Result<Table> {
        let (queues, sites) = (self.memberships(false).await?, self.sites().await?);
        let header = ["NUMBER", "NAME", "DEPARTMENT", "SITE", "QUEUES", "STATUS"];
        let mut table = output::table(&header, &[1, 2, 3, 4]);
        for Fact { entry, .. } in facts {
            let queues = entry.extension.and_then(|id| queues.get(&id));
            table.add_row(output::row([
                text(&entry.number),
                text(&entry.name),
                text(&entry.department),
                site(entry.site.as_ref(), &sites),
                queues.map_or_else(String::new, |queues| queues.join(", ")),
                text(&entry.status),
            ]));
        }
        Ok(table)
    }

    async fn queues(&self, facts: &[Fact]) -> anyhow::Result<Table> {
        let (members, sites) = (self.memberships(true).await?, self.sites().await?);
        let mut table = output::table(&["NUMBER", "NAME", "SITE", "MEMBERS"], &[1, 2, 3]);
        for Fact { entry, .. } in facts {
            let members = entry.extension.and_then(|id| members.get(&id));
            table.add_row(output::row([
                text(&entry.number),
                text(&entry.name),
                site(entry.site.as_ref(), &sites),
                members.map_or_else(String::new, |members| members.join(", ")),
            ]));
        }
        Ok(table)
    }

    async fn numbers(&self, facts: &[Fact]) -> anyhow::Result<Table> {
        let names = self.names().await?;
        let mut table = output::table(&["NUMBER", "USE", "WHOSE", "LABEL"], &[2, 3]);
        for Fact { entry, .. } in facts {
            let whose = entry.extension.and_then(|id| names.get(&id));
            table.add_row(output::row([
                text(&entry.number),
                text(&entry.r#type),
                whose.cloned().unwrap_or_default(),
                text(&entry.name),
            ]));
        }
        Ok(table)
    }

    async fn hours(&self, facts: &[Fact]) -> anyhow::Result<Table> {
        let names = self.names().await?;
        let account = self.facts(DirectoryKind::Account).await?;
        let company_zone = account.first().map_or_else(String::new, zone);
        let mut table = output::table(&["WHOSE", "HOURS"], &[0, 1]);
        for Fact { entry, .. } in facts {
            let whose = match entry.extension {
                Some(id) => names.get(&id).cloned().unwrap_or_else(|| id.to_string()),
                None if company_zone.is_empty() => "the company".to_owned(),
                None => format!("the company ({company_zone})"),
            };
            table.add_row(output::row([whose, hours::in_words(&entry.json)]));
        }
        Ok(table)
    }
}

fn sites(facts: &[Fact]) -> Table {
    let mut table = output::table(&["NUMBER", "NAME", "TIME ZONE"], &[1]);
    for fact in facts {
        table.add_row(output::row([text(&fact.entry.number), text(&fact.entry.name), zone(fact)]));
    }
    table
}

/// The name of an account's or a site's time zone.
fn zone(fact: &Fact) -> String {
    let json: Value = serde_json::from_str(&fact.entry.json).unwrap_or_default();
    json["regionalSettings"]["timezone"]["name"].as_str().unwrap_or_default().to_owned()
}

fn site(id: Option<&String>, sites: &HashMap<String, String>) -> String {
    id.map_or_else(String::new, |id| sites.get(id).unwrap_or(id).clone())
}

fn text(text: &Option<String>) -> String {
    text.clone().unwrap_or_default()
}
