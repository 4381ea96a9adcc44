//! A synthetic company as a directory.

use std::collections::{HashMap, HashSet};

use callbook_interaction::{Company, ExtensionKind, Hours, Record};
use callbook_model::{ExtensionId, Region};
use callbook_synth::{Company as Synthetic, Config};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// What of the company is asked for.
pub struct Directory {
    extensions: HashMap<ExtensionId, (ExtensionKind, String)>,
    numbers: HashSet<String>,
    hours: Hours,
}

/// A company of the first quarter of 2024.
pub fn synthetic(seed: u64, users: u32, calls: u32) -> Synthetic {
    Synthetic::new(Config {
        seed,
        users,
        calls,
        from: "2024-01-01T00:00:00Z".parse().unwrap(),
        until: "2024-04-01T00:00:00Z".parse().unwrap(),
        server_url: "http://127.0.0.1:8710".to_owned(),
        media_url: "http://localhost:8710".to_owned(),
    })
}

/// The records of each session.
pub fn sessions(texts: &[String]) -> Vec<Vec<&str>> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut sessions: Vec<Vec<&str>> = vec![];
    for text in texts {
        let session = Record::read(text).unwrap().session().to_string();
        let place = *places.entry(session).or_insert(sessions.len());
        match sessions.get_mut(place) {
            Some(session) => session.push(text),
            None => sessions.push(vec![text]),
        }
    }
    sessions
}

impl Directory {
    pub fn of(company: &Synthetic) -> Self {
        let kind = |json: &serde_json::Value| ExtensionKind::of(json["type"].as_str().unwrap());
        let extensions = company.extensions().iter();
        let entry = |it: &callbook_synth::Extension| {
            (ExtensionId(it.id), (kind(&it.json), it.name.clone()))
        };
        let zone = company.account_json()["regionalSettings"]["timezone"]["name"].clone();
        let zone = TimeZone::get(zone.as_str().unwrap()).unwrap();
        let numbers = company.phone_numbers().into_iter();
        Self {
            extensions: extensions.map(entry).collect(),
            numbers: numbers.map(|it| it["phoneNumber"].as_str().unwrap().to_owned()).collect(),
            hours: Hours::read(&company.business_hours_json().to_string(), zone).unwrap(),
        }
    }
}

impl Company for Directory {
    fn home(&self) -> Region {
        Region::US
    }

    fn kind(&self, extension: ExtensionId, _: Timestamp) -> Option<ExtensionKind> {
        self.extensions.get(&extension).map(|(kind, _)| *kind)
    }

    fn name(&self, extension: ExtensionId, _: Timestamp) -> Option<&str> {
        self.extensions.get(&extension).map(|(_, name)| name.as_str())
    }

    fn owns(&self, number: &str, _: Timestamp) -> bool {
        self.numbers.contains(number)
    }

    fn hours(&self, queue: Option<ExtensionId>, _: Timestamp) -> Option<&Hours> {
        queue.is_none().then_some(&self.hours)
    }
}
