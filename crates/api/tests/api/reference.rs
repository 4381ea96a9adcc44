//! The reference: the document that is committed is the one that is served, and the page needs nothing else.

use std::path::Path;

use callbook_api::{Operation, Plan, openapi_json};
use reqwest::StatusCode;
use serde_json::Value;

use crate::server::{Server, json};

/// How to write the document anew.
const RENEW: &str = "RENEW_OPENAPI=1 cargo test -p callbook-api --test api reference";

pub fn document() -> Value {
    serde_json::from_str(&openapi_json("")).unwrap()
}

#[test]
fn the_committed_document_is_what_the_code_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let generated = openapi_json("");
    if std::env::var_os("RENEW_OPENAPI").is_some() {
        std::fs::write(&path, &generated).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == generated, "docs/openapi.json is out of date; to renew it: {RENEW}");
}

#[test]
fn every_operation_is_described_once_and_in_words() {
    let document = document();
    let paths = document["paths"].as_object().unwrap();
    let described: usize = paths.values().map(|methods| methods.as_object().unwrap().len()).sum();
    assert_eq!(Operation::ALL.len(), described);
    for &operation in Operation::ALL {
        let method = operation.method().as_str().to_lowercase();
        let described = &document["paths"][operation.path()][&method];
        assert_eq!(described["operationId"], operation.id());
        for parameter in described["parameters"].as_array().unwrap() {
            let name = &parameter["name"];
            assert!(parameter["description"].is_string(), "{}: {name}", operation.id());
        }
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let document = document();
    let mut references = Vec::new();
    collect(&document, &mut references);
    assert!(references.len() > 100);
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

fn collect<'a>(value: &'a Value, references: &mut Vec<&'a str>) {
    match value {
        Value::Object(fields) => {
            references.extend(fields.get("$ref").and_then(Value::as_str));
            fields.values().for_each(|field| collect(field, references));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, references)),
        _ => {}
    }
}

#[tokio::test]
async fn the_document_that_is_served_names_its_server() {
    let server = Server::start(Plan::DEFAULT).await;
    let get = |path: &str| server.http.get(format!("{}{path}", server.url)).send();
    let (status, document) = json(get("/openapi.json").await.unwrap()).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(document["servers"][0]["url"], server.url);
    let page = get("/docs").await.unwrap();
    let policy = page.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none';") && !policy.contains("http"), "{policy}");
    let page = page.text().await.unwrap();
    for &operation in Operation::ALL {
        assert!(page.contains(&format!("id=\"{}\"", operation.id())), "{}", operation.id());
    }
    assert!(!page.contains("src=") && !page.contains("<link"));
}
