//! What a directory learns at random: it changes rows, but none of what is worked out by hand.

use callbook_model::{DirectoryEntry, DirectoryKind, ExtensionId};
use callbook_store::Reading;
use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use crate::call::{QUEUES, USERS};

/// Names of some extensions, or when the company or a queue is open.
pub fn any(random: &mut ChaCha8Rng) -> Reading {
    if random.random() {
        let entries = (0..random.random_range(1..6)).map(|_| extension(random)).collect();
        return Reading { kind: DirectoryKind::Extension, part: 0, entries, complete: false };
    }
    let part = [0, 2001 + random.random_range(0..QUEUES)][random.random_range(0..2)];
    let range = json!([{ "from": hour(random), "to": hour(random) }]);
    let week = json!({ "monday": range, "wednesday": range, "friday": range, "sunday": range });
    let hours = entry("hours", &json!({ "schedule": { "weeklyRanges": week } }));
    Reading { kind: DirectoryKind::Hours, part, entries: vec![hours], complete: true }
}

fn extension(random: &mut ChaCha8Rng) -> DirectoryEntry {
    let (id, kind) = match random.random_ratio(1, 4) {
        true => (2001 + random.random_range(0..QUEUES), "Department"),
        false => (1001 + random.random_range(0..USERS), "User"),
    };
    let name = format!("Name {}", random.random_range(0..9));
    DirectoryEntry {
        name: Some(name.clone()),
        r#type: Some(kind.to_owned()),
        extension: Some(ExtensionId(id)),
        ..entry(&id.to_string(), &json!({ "id": id, "name": name, "type": kind }))
    }
}

fn entry(id: &str, json: &Value) -> DirectoryEntry {
    DirectoryEntry { id: id.to_owned(), json: json.to_string(), ..DirectoryEntry::default() }
}

fn hour(random: &mut ChaCha8Rng) -> String {
    format!("{:02}:00", random.random_range(0..24))
}
