//! Companies to look at.

use callbook_synth::{Company, Config, Entry, ExtensionKind, Scope, View};
use jiff::Timestamp;
use serde_json::Value;

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Six months around the turn of the year 2023/24.
pub fn config(seed: u64, users: u32, calls: u32) -> Config {
    Config {
        seed,
        users,
        calls,
        from: at("2023-11-01T00:00:00Z"),
        until: at("2024-05-01T00:00:00Z"),
        server_url: "http://127.0.0.1:8710".to_owned(),
        media_url: "http://localhost:8710".to_owned(),
    }
}

pub fn company(seed: u64, users: u32, calls: u32) -> Company {
    Company::new(config(seed, users, calls))
}

pub fn parsed(company: &Company, entry: &Entry, view: View) -> Value {
    serde_json::from_str(&company.record(entry, view)).unwrap()
}

/// The detailed records of one log.
pub fn records(company: &Company, scope: Scope) -> Vec<Value> {
    let text = company.entries(scope).records(View::Detailed);
    text.map(|text| serde_json::from_str(&text).unwrap()).collect()
}

/// The account's log and every extension's.
pub fn scopes(company: &Company) -> Vec<Scope> {
    let extensions = company.extensions().iter().map(|extension| Scope::Extension(extension.id));
    std::iter::once(Scope::Account).chain(extensions).collect()
}

pub fn ids_of(company: &Company, kind: ExtensionKind) -> Vec<u64> {
    let extensions = company.extensions().iter();
    extensions.filter(|extension| extension.kind == kind).map(|extension| extension.id).collect()
}

/// Unix milliseconds of a field.
pub fn ms(value: &Value, field: &str) -> i64 {
    at(value[field].as_str().unwrap()).as_millisecond()
}

pub fn legs(record: &Value) -> &[Value] {
    record["legs"].as_array().unwrap()
}

pub fn is_voice(record: &Value) -> bool {
    record["type"] == "Voice"
}
