//! What differs between two states of one thing.

use serde_json::Value;

/// `legs.0.result: Missed → Accepted`, a line for each member that differs.
pub fn differences(before: &Value, after: &Value) -> Vec<String> {
    let mut found = Vec::new();
    differ("", before, after, &mut found);
    found
}

fn differ(path: &str, before: &Value, after: &Value, out: &mut Vec<String>) {
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
                differ(&below(name), old.unwrap_or(&null), new.unwrap_or(&null), out);
            }
        }
        (Value::Array(before), Value::Array(after)) if before.len() == after.len() => {
            for (place, (old, new)) in before.iter().zip(after).enumerate() {
                differ(&below(&place.to_string()), old, new, out);
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
        let found = differences(&before, &after);
        let expected = [
            "legs.1.n: 2 → 3",
            "result: \"Missed\" → \"Accepted\"",
            "x: no longer 1",
            "y: now [2]",
        ];
        assert_eq!(found, expected);
    }
}
