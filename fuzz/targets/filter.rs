//! What a subscription asks for: filters, one a line, behind how long it shall last.
#![no_main]

use axum::http::Method;
use callbook_fuzz::server;
use libfuzzer_sys::fuzz_target;
use serde_json::json;

fuzz_target!(|data: &str| {
    let (seconds, filters) = data.split_once('\n').unwrap_or(("", data));
    let filters: Vec<&str> = filters.split('\n').collect();
    let wishes = json!({
        "eventFilters": filters,
        "expiresIn": seconds.parse::<i64>().ok(),
        "deliveryMode": { "transportType": "WebHook", "address": "https://10.0.0.1/" },
    });
    server::with(|server| {
        let body = wishes.to_string().into_bytes();
        server.ask(server.request(Method::POST, "/restapi/v1.0/subscription", body));
    });
});
