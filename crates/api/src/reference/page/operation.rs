//! One operation on the page.

use std::fmt::Write;

use serde_json::Value;

use super::{curl, marked, paragraph, schema, text};
use crate::html::escape;

/// What folds out.
pub(super) fn html(
    document: &Value,
    server_url: &str,
    (path, method): (&str, &str),
    operation: &Value,
) -> String {
    let id = text(&operation["operationId"]);
    let (upper, path_shown) = (method.to_uppercase(), escape(path));
    let summary = marked(text(&operation["summary"]));
    let about = paragraph(text(&operation["description"]));
    let needs = needs(operation);
    let curl = escape(&curl::example(document, server_url, (path, method), operation));
    let (parameters, body) = (parameters(operation), body(operation));
    let answers = answers(document, operation);
    format!(
        "<details id=\"{id}\"><summary><b class=\"{method}\">{upper}</b> <code>{path_shown}</code> \
         <span>{summary}</span></summary>{about}<p class=\"needs\"><code>{id}</code>{needs}</p>\
         <pre>{curl}</pre>{parameters}{body}{answers}</details>\n"
    )
}

/// Scope, permission and group.
fn needs(operation: &Value) -> String {
    let known = [
        ("x-app-permission", "scope"),
        ("x-user-permission", "permission"),
        ("x-throttling-group", "rate group"),
    ];
    let mut needs = String::new();
    for (key, word) in known {
        if let Some(value) = operation[key].as_str() {
            let _ = write!(needs, " · {word} <code>{}</code>", escape(value));
        }
    }
    needs
}

fn parameters(operation: &Value) -> String {
    let mut rows = String::new();
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let name = escape(text(&parameter["name"]));
        let kind = schema::kind(&parameter["schema"]);
        let default = match &parameter["schema"]["default"] {
            Value::Null => String::new(),
            value => format!(" Default: <code>{}</code>.", escape(&plain(value))),
        };
        let about = marked(text(&parameter["description"]));
        let place = text(&parameter["in"]);
        let old = if parameter["deprecated"] == true { " Deprecated." } else { "" };
        let _ = write!(
            rows,
            "<tr><td><code>{name}</code></td><td>{kind}<br><small>{place}</small></td>\
             <td>{about}{default}{old}</td></tr>"
        );
    }
    if rows.is_empty() { rows } else { format!("<h3>Parameters</h3><table>{rows}</table>") }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn body(operation: &Value) -> String {
    let content = operation["requestBody"]["content"].as_object();
    let row = |(media, content): (&String, &Value)| {
        let kind = schema::kind(&content["schema"]);
        format!("<tr><td><code>{}</code></td><td>{kind}</td></tr>", escape(media))
    };
    let rows: String = content.into_iter().flatten().map(row).collect();
    if rows.is_empty() { rows } else { format!("<h3>Body</h3><table>{rows}</table>") }
}

fn answers(document: &Value, operation: &Value) -> String {
    let mut rows = String::new();
    for (status, response) in operation["responses"].as_object().into_iter().flatten() {
        let response = schema::resolve(document, response);
        let content = response["content"].as_object().into_iter().flatten();
        let content = content.map(|(media, content)| {
            let kind = match &content["schema"] {
                Value::Null => String::new(),
                schema => format!(": {}", schema::kind(schema)),
            };
            format!("<code>{}</code>{kind}", escape(media))
        });
        let content = content.collect::<Vec<_>>().join("<br>");
        let about = marked(text(&response["description"]));
        let _ = write!(rows, "<tr><td>{status}</td><td>{content}</td><td>{about}</td></tr>");
    }
    format!("<h3>Answers</h3><table>{rows}</table>")
}
