//! Commands that can be pasted into a shell.

use std::fmt::Write;

use serde_json::{Value, json};

use super::schema::resolve;
use super::text;

const CLIENT: &str = "-u \"$RC_APP_CLIENT_ID:$RC_APP_CLIENT_SECRET\"";

/// Gets an access token.
pub(super) fn sign_in(server_url: &str) -> String {
    format!(
        "TOKEN=$(curl -s {CLIENT} {server_url}/restapi/oauth/token \\\n  \
         -d grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer -d assertion=\"$RC_USER_JWT\" \
         | jq -r .access_token)"
    )
}

/// Calls an operation.
pub(super) fn example(
    document: &Value,
    server_url: &str,
    (path, method): (&str, &str),
    operation: &Value,
) -> String {
    let mut command = "curl".to_owned();
    if method != "get" {
        let _ = write!(command, " -X {}", method.to_uppercase());
    }
    let _ = write!(command, " \"{server_url}{}\"", target(path, operation));
    let schemes = operation["security"].as_array().into_iter().flatten();
    for scheme in schemes.filter_map(Value::as_object).flat_map(|scheme| scheme.keys()) {
        match scheme.as_str() {
            "Bearer" => command.push_str(" \\\n  -H \"Authorization: Bearer $TOKEN\""),
            "Client" => {
                let _ = write!(command, " \\\n  {CLIENT}");
            }
            _ => {}
        }
    }
    for (media, content) in operation["requestBody"]["content"].as_object().into_iter().flatten() {
        let sample = sample(document, &content["schema"]);
        command.push_str(&match media.as_str() {
            "application/json" => format!(" \\\n  --json '{sample}'"),
            _ => form(&sample),
        });
    }
    command
}

/// The path and query, with an example for each parameter that has one.
fn target(path: &str, operation: &Value) -> String {
    let mut target = path.to_owned();
    let mut query = Vec::new();
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let (name, example) = (text(&parameter["name"]), text(&parameter["example"]));
        match text(&parameter["in"]) {
            "path" => target = target.replace(&format!("{{{name}}}"), example),
            _ if !example.is_empty() => query.push(format!("{name}={example}")),
            _ => {}
        }
    }
    if query.is_empty() { target } else { format!("{target}?{}", query.join("&")) }
}

fn form(sample: &Value) -> String {
    let field = |(name, value): (&String, &Value)| format!(" \\\n  -d {name}={}", text(value));
    sample.as_object().into_iter().flatten().map(field).collect()
}

/// A value of a schema, with what it requires.
fn sample(document: &Value, schema: &Value) -> Value {
    let schema = resolve(document, schema);
    if let Some(example) = schema.get("example") {
        return example.clone();
    }
    let required = schema["required"].as_array().into_iter().flatten().map(text);
    match text(&schema["type"]) {
        "object" => required
            .map(|name| (name.to_owned(), sample(document, &schema["properties"][name])))
            .collect(),
        "array" => json!([sample(document, &schema["items"])]),
        "integer" | "number" => json!(1),
        "boolean" => json!(true),
        _ => json!("…"),
    }
}
