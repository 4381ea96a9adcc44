//! Schemas on the page.

use std::fmt::Write;

use serde_json::Value;

use super::{marked, paragraph, text};
use crate::html::escape;

/// Every schema that has a name.
pub(super) fn all(document: &Value) -> String {
    let mut html = String::new();
    for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
        let (name, about) = (escape(name), paragraph(text(&schema["description"])));
        let fields = fields(schema);
        let words = match kind(schema) {
            kind if fields.is_empty() => format!("<p>{kind}</p>"),
            _ => String::new(),
        };
        let _ = writeln!(
            html,
            "<details id=\"schema-{name}\"><summary><code>{name}</code></summary>\
             {about}{words}{fields}</details>"
        );
    }
    html
}

fn fields(schema: &Value) -> String {
    let required: Vec<&str> =
        schema["required"].as_array().into_iter().flatten().map(text).collect();
    let mut rows = String::new();
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        let mark =
            if required.contains(&name.as_str()) { "" } else { "<br><small>optional</small>" };
        let (kind, about) = (kind(field), marked(text(&field["description"])));
        let name = escape(name);
        let _ = write!(
            rows,
            "<tr><td><code>{name}</code></td><td>{kind}{mark}</td><td>{about}</td></tr>"
        );
    }
    if rows.is_empty() { rows } else { format!("<table>{rows}</table>") }
}

/// What a schema takes, in a word or as a link.
pub(super) fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        let name = escape(name);
        return format!("<a href=\"#schema-{name}\">{name}</a>");
    }
    if let Some(words) = schema["enum"].as_array() {
        let word = |word: &Value| format!("<code>{}</code>", escape(text(word)));
        return words.iter().map(word).collect::<Vec<_>>().join(" ");
    }
    if let Some(choices) = schema["anyOf"].as_array() {
        return choices.iter().map(kind).collect::<Vec<_>>().join(" or ");
    }
    match (text(&schema["type"]), text(&schema["format"])) {
        ("array", _) => format!("several: {}", kind(&schema["items"])),
        (kind, "") => escape(kind),
        (_, format) => escape(format),
    }
}

/// What a reference leads to; anything else is itself.
pub(super) fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let pointer = value["$ref"].as_str().and_then(|path| path.strip_prefix('#'));
    pointer.and_then(|pointer| document.pointer(pointer)).unwrap_or(value)
}
