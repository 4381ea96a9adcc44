//! Every state that a call was seen in.

use std::io::Write as _;

use anyhow::Context as _;
use callbook_model::Scope;
use callbook_store::{Account, Cause, Store, Version};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::output::{CANNOT_WRITE, say};
use crate::time;

/// Prints the states, oldest first, with what changed from one to the next.
pub async fn print(
    store: &Store,
    account: &Account,
    scope: Scope,
    id: &str,
    zone: &TimeZone,
    json: bool,
) -> anyhow::Result<()> {
    let mut versions = store.versions(account.key, scope, id).await?;
    versions.reverse();
    if json {
        return print_json(&versions);
    }
    let mut before: Option<Value> = None;
    for version in &versions {
        say!(
            "{}  change {}: {}",
            time::clock(version.received_ms, zone),
            version.seq,
            what(version)
        )?;
        let after: Value = serde_json::from_str(&version.json).unwrap_or_default();
        if let Some(before) = &before {
            let mut changes = Vec::new();
            differences("", before, &after, &mut changes);
            changes.iter().try_for_each(|change| say!("    {change}"))?;
        }
        before = Some(after);
    }
    Ok(())
}

fn what(version: &Version) -> &'static str {
    match version.cause {
        Cause::Received => "received",
        Cause::Absent => "deleted: upstream lists it no more",
        Cause::Listed => "not deleted: upstream lists it again",
        Cause::Repaired => "fetched again for repair",
        Cause::Imported => "imported from a file",
    }
}

/// The records as they came; numbers and spelling as they are.
fn print_json(versions: &[Version]) -> anyhow::Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout());
    let mut separator = "[\n";
    for Version { seq, received_ms, cause, json } in versions {
        let received = Timestamp::from_millisecond(*received_ms)?;
        let cause = format!("{cause:?}").to_lowercase();
        write!(
            out,
            "{separator}{{\"change\":{seq},\"received\":\"{received}\",\"cause\":\"{cause}\",\"record\":{json}}}"
        )
        .context(CANNOT_WRITE)?;
        separator = ",\n";
    }
    writeln!(out, "\n]").and_then(|()| out.flush()).context(CANNOT_WRITE)
}

/// `legs.0.result: Missed → Accepted`, a line for each member that differs.
fn differences(path: &str, before: &Value, after: &Value, out: &mut Vec<String>) {
    let below = |name: &str| match path {
        "" => name.to_owned(),
        path => format!("{path}.{name}"),
    };
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => {
            for name in before.keys().chain(after.keys().filter(|name| !before.contains_key(*name)))
            {
                let null = Value::Null;
                let (old, new) = (before.get(name), after.get(name));
                differences(&below(name), old.unwrap_or(&null), new.unwrap_or(&null), out);
            }
        }
        (Value::Array(before), Value::Array(after)) if before.len() == after.len() => {
            for (place, (old, new)) in before.iter().zip(after).enumerate() {
                differences(&below(&place.to_string()), old, new, out);
            }
        }
        (before, after) if before != after => out.push(match (before, after) {
            (Value::Null, after) => format!("{path}: now {after}"),
            (before, Value::Null) => format!("{path}: no longer {before}"),
            (before, after) => format!("{path}: {before} → {after}"),
        }),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::differences;

    #[test]
    fn differences_are_named_by_their_place() {
        let before = json!({"id": "1", "result": "Missed", "legs": [{"n": 1}, {"n": 2}], "x": 1});
        let after =
            json!({"id": "1", "result": "Accepted", "legs": [{"n": 1}, {"n": 3}], "y": [2]});
        let mut found = Vec::new();
        differences("", &before, &after, &mut found);
        let expected = [
            "legs.1.n: 2 → 3",
            "result: \"Missed\" → \"Accepted\"",
            "x: no longer 1",
            "y: now [2]",
        ];
        assert_eq!(found, expected);
    }
}
