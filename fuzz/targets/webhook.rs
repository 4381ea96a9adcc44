//! Where a webhook is. `scripts/fuzz` takes the network away, so that nobody is sent anything.
#![no_main]

use axum::http::Method;
use callbook_fuzz::server;
use libfuzzer_sys::fuzz_target;
use serde_json::json;

fuzz_target!(|data: &str| {
    let (address, token) = data.split_once('\n').unwrap_or((data, ""));
    let wishes = json!({
        "eventFilters": ["/restapi/v1.0/account/~/telephony/sessions"],
        "deliveryMode": { "transportType": "WebHook", "address": address, "verificationToken": token },
    });
    server::with(|server| {
        let body = wishes.to_string().into_bytes();
        server.ask(server.request(Method::POST, "/restapi/v1.0/subscription", body));
    });
});
