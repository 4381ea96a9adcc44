//! `/docs`: the OpenAPI document as a page. Everything is in it, style and script as well.

mod curl;
mod operation;
mod schema;

use std::fmt::Write;

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::Value;

use crate::html::{self, escape, source};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The page of a document.
pub(super) fn html(document: &Value, server_url: &str) -> String {
    let info = &document["info"];
    let (title, version) = (text(&info["title"]), text(&info["version"]));
    let about: String = text(&info["description"]).split("\n\n").map(paragraph).collect();
    let sign_in = escape(&curl::sign_in(server_url));
    let (mut links, mut operations) = (String::new(), String::new());
    for tag in tags(document) {
        let name = escape(tag);
        let _ = write!(links, "<li><a href=\"#{}\">{name}</a></li>", anchor(tag));
        let _ = write!(operations, "<section><h2 id=\"{}\">{name}</h2>", anchor(tag));
        for (path, method, described) in tagged(document, tag) {
            operations.push_str(&operation::html(document, server_url, (path, method), described));
        }
        operations.push_str("</section>");
    }
    let schemas = schema::all(document);
    format!(
        r##"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} {version}</title>
<style>{STYLE}</style>
</head>
<body>
<header>
<h1>{title} <small>{version}</small></h1>
<input id="search" type="search" placeholder="Find an operation, path, scope or parameter" autofocus>
<nav><ul>{links}<li><a href="#schemas">Schemas</a></li><li><a href="/openapi.json">openapi.json</a></li></ul></nav>
</header>
<main>
{about}
<p>To get an access token with an app's personal JWT:</p>
<pre>{sign_in}</pre>
{operations}
<section><h2 id="schemas">Schemas</h2>{schemas}</section>
</main>
<script>{SCRIPT}</script>
</body>
</html>
"##
    )
}

/// The page as an answer.
pub(super) fn respond(html: String) -> Response {
    let (style, script) = (source(STYLE), source(SCRIPT));
    let allowed = format!("style-src {style}; script-src {script}; form-action 'none'");
    html::page(StatusCode::OK, html, &allowed)
}

/// The parts of the API, in their order.
fn tags(document: &Value) -> impl Iterator<Item = &str> {
    document["tags"].as_array().into_iter().flatten().map(|tag| text(&tag["name"]))
}

/// Path, method and description of every operation.
fn all(document: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    let paths = document["paths"].as_object().into_iter().flatten();
    paths.flat_map(|(path, methods)| {
        let methods = methods.as_object().into_iter().flatten();
        methods.map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
    })
}

fn tagged<'a>(
    document: &'a Value,
    tag: &str,
) -> impl Iterator<Item = (&'a str, &'a str, &'a Value)> {
    all(document).filter(move |(_, _, operation)| operation["tags"][0] == tag)
}

/// What a heading is linked by.
fn anchor(name: &str) -> String {
    name.chars().map(|letter| if letter.is_alphanumeric() { letter } else { '-' }).collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Escapes, and shows what stands in backquotes as code.
fn marked(text: &str) -> String {
    let pieces = text.split('`').enumerate();
    pieces
        .map(|(index, piece)| match index % 2 {
            0 => escape(piece),
            _ => format!("<code>{}</code>", escape(piece)),
        })
        .collect()
}

fn paragraph(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("<p>{}</p>", marked(text)) }
}
