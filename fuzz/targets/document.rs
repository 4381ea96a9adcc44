//! A record's text: cut and spliced, with links that lead elsewhere, as an extension sees it.
#![no_main]

use callbook_model::document::Parts;
use callbook_model::{ExtensionId, Links, legs, project};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

const OURS: Links<'_> = Links { server_url: "http://a", media_url: "http://m", view: "Simple" };

fuzz_target!(|data: &str| {
    let parts = Parts::split(data);
    assert_eq!(parts.join().as_deref(), Ok(data));
    let led = OURS.lead(data);
    let extension = legs(data).iter().find_map(|leg| leg.extension_id).unwrap_or(ExtensionId(1));
    let projected = project(data, extension).map(|projected| projected.json);
    if let Ok(value) = serde_json::from_str::<Value>(data) {
        assert!(differ_in_links(&value, &serde_json::from_str(&led).unwrap()), "{led}");
        for json in [Some(parts.simple), projected].into_iter().flatten() {
            assert!(serde_json::from_str::<Value>(&json).is_ok(), "{json}");
        }
    }
    // Damage in an archive is told, and no more.
    let _ = Parts { simple: String::new(), detail: Some(data.to_owned()) }.join();
});

/// Whether two values differ in their links at most.
fn differ_in_links(before: &Value, after: &Value) -> bool {
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => {
            before.len() == after.len()
                && before.iter().zip(after).all(|((name, before), (other, after))| {
                    let link = ["uri", "contentUri"].contains(&&**name) && before.is_string();
                    name == other && (differ_in_links(before, after) || link && after.is_string())
                })
        }
        (Value::Array(before), Value::Array(after)) => {
            before.len() == after.len()
                && before.iter().zip(after).all(|(before, after)| differ_in_links(before, after))
        }
        _ => before == after,
    }
}
