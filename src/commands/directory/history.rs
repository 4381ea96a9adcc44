//! `callbook directory history`.

use std::collections::HashMap;

use callbook_model::{DirectoryKind, ExtensionId};
use callbook_store::{Fact, Names};
use clap::Args;
use serde_json::Value;

use super::{Common, Topic, as_json, hours};
use crate::commands::difference::differences;
use crate::commands::print_json;
use crate::failure::{self, ExitCodeNumber, Usage};
use crate::output::{self, note};
use crate::time;

/// List what has changed in the directory, the oldest first
#[derive(Debug, Args)]
pub struct History {
    /// Of what
    #[arg(default_value = "people")]
    topic: Topic,
    /// Of one of them: a number, a name that it has or had, or an id
    who: Option<String>,
    #[command(flatten)]
    common: Common,
}

/// Something that changed.
struct Event {
    at_ms: i64,
    who: String,
    what: String,
}

impl History {
    pub async fn run(self) -> anyhow::Result<ExitCodeNumber> {
        let zone = time::zone(self.common.tz.as_deref())?;
        let (store, account) = self.common.open().await?;
        let mut facts = store.directory_history(account.key, self.topic.kind()).await?;
        facts.retain(|fact| self.topic.has(fact));
        if matches!(self.topic, Topic::People | Topic::Queues) {
            facts.extend(store.directory_history(account.key, DirectoryKind::Member).await?);
        }
        let names = store.names(account.key).await?;
        let starts = first_looks(&facts);
        if let Some(who) = &self.who {
            facts = about(facts, who, self.topic, &names);
            if facts.is_empty() {
                let message = format!("the archive has never known '{who}' there");
                let hint =
                    "give a number, a whole name or an id; `callbook directory list` has them";
                return Err(Usage { message, hint }.into());
            }
        }
        if self.common.json {
            return print_json(&facts.iter().map(as_json).collect::<Vec<_>>());
        }
        let mut events = events(&facts, &starts, self.topic, &names);
        events.sort_by_key(|event| event.at_ms);
        if events.is_empty() {
            note!("nothing has changed since they were first looked at");
            return Ok(failure::OK);
        }
        let mut table = output::table(&["SEEN", "WHO", "WHAT"], &[1, 2]);
        for Event { at_ms, who, what } in events {
            table.add_row(output::row([time::minute(at_ms, &zone), who, what]));
        }
        output::print(&table)?;
        Ok(failure::OK)
    }
}

/// When each list was first looked at: what was there is no news.
fn first_looks(facts: &[Fact]) -> HashMap<(DirectoryKind, u64), i64> {
    let mut starts = HashMap::new();
    for fact in facts {
        let start = starts.entry((fact.kind, fact.part)).or_insert(fact.valid_from_ms);
        *start = fact.valid_from_ms.min(*start);
    }
    starts
}

/// What concerns one person, queue, number or site.
fn about(facts: Vec<Fact>, who: &str, topic: Topic, names: &Names) -> Vec<Fact> {
    let name = who.to_lowercase();
    let is_named = |own: Option<&String>| own.is_some_and(|own| own.to_lowercase() == name);
    let of_extension = |id: ExtensionId| {
        let mut ever = names.ever().filter(|each| each.id == id);
        ever.any(|each| each.number.as_deref() == Some(who) || is_named(each.name.as_ref()))
    };
    let concerns = |fact: &Fact| {
        let member = fact.kind == DirectoryKind::Member;
        let extension = match member && topic == Topic::Queues {
            true => Some(ExtensionId(fact.part)),
            false => fact.entry.extension,
        };
        fact.entry.id == who
            || extension.is_some_and(|id| id.to_string() == who || of_extension(id))
            || (!member && fact.entry.number.as_deref() == Some(who))
            || is_named(fact.entry.name.as_ref())
    };
    facts.into_iter().filter(concerns).collect()
}

/// Facts about one thing stand together, by time.
fn events(
    facts: &[Fact],
    starts: &HashMap<(DirectoryKind, u64), i64>,
    topic: Topic,
    names: &Names,
) -> Vec<Event> {
    let mut events = Vec::new();
    for states in
        facts.chunk_by(|one, next| (one.part, &one.entry.id) == (next.part, &next.entry.id))
    {
        for (place, fact) in states.iter().enumerate() {
            let before = place.checked_sub(1).and_then(|before| states.get(before));
            let before = before.filter(|it| it.valid_to_ms == Some(fact.valid_from_ms));
            let at_ms = fact.valid_from_ms;
            let begins = || starts.get(&(fact.kind, fact.part)).is_none_or(|start| *start < at_ms);
            let news = match before {
                Some(before) => changes(before, fact, topic),
                None if begins() => vec![came(fact, topic, names)],
                None => Vec::new(),
            };
            let named = who(fact, topic, names, at_ms);
            events.extend(news.into_iter().map(|what| Event { at_ms, who: named.clone(), what }));
            let next = states.get(place + 1).map(|next| next.valid_from_ms);
            if let Some(at_ms) = fact.valid_to_ms.filter(|gone_ms| next != Some(*gone_ms)) {
                let who = who(fact, topic, names, at_ms);
                events.push(Event { at_ms, who, what: went(fact, topic, names, at_ms) });
            }
        }
    }
    events
}

fn who(fact: &Fact, topic: Topic, names: &Names, at_ms: i64) -> String {
    let named = |id| names.at(id, at_ms).map(|it| (&it.number, &it.name));
    let (number, name) = match (fact.kind, topic) {
        (DirectoryKind::Member, Topic::Queues) => named(ExtensionId(fact.part)),
        (DirectoryKind::Member | DirectoryKind::Hours, _) => {
            let Some(id) = fact.entry.extension else { return "the company".to_owned() };
            named(id)
        }
        _ => Some((&fact.entry.number, &fact.entry.name)),
    }
    .unwrap_or((&None, &None));
    let parts: Vec<&str> = [number, name].into_iter().flatten().map(String::as_str).collect();
    if parts.is_empty() { fact.entry.id.clone() } else { parts.join(" ") }
}

/// The other side of a membership, as it was called then.
fn other(fact: &Fact, topic: Topic, names: &Names, at_ms: i64) -> Option<String> {
    let id = match topic {
        Topic::Queues => fact.entry.extension?,
        _ => ExtensionId(fact.part),
    };
    let name = names.at(id, at_ms).and_then(|it| it.name.clone());
    (fact.kind == DirectoryKind::Member).then(|| name.unwrap_or_else(|| id.to_string()))
}

fn came(fact: &Fact, topic: Topic, names: &Names) -> String {
    match (other(fact, topic, names, fact.valid_from_ms), topic) {
        (None, _) => "new".to_owned(),
        (Some(member), Topic::Queues) => format!("is answered by {member} as well"),
        (Some(queue), _) => format!("answers {queue}"),
    }
}

fn went(fact: &Fact, topic: Topic, names: &Names, at_ms: i64) -> String {
    match (other(fact, topic, names, at_ms), topic) {
        (None, _) => "gone".to_owned(),
        (Some(member), Topic::Queues) => format!("is not answered by {member} any more"),
        (Some(queue), _) => format!("does not answer {queue} any more"),
    }
}

/// What differs, one line each.
fn changes(before: &Fact, after: &Fact, topic: Topic) -> Vec<String> {
    if topic == Topic::Hours {
        let words = [before, after].map(|fact| hours::in_words(&fact.entry.json));
        return vec![words.join(" → ")];
    }
    let json = |fact: &Fact| serde_json::from_str::<Value>(&fact.entry.json).unwrap_or_default();
    let mut changes = differences(&json(before), &json(after));
    // Links are no news.
    changes.retain(|change| !change.starts_with("uri:") && !change.contains(".uri:"));
    changes
}
