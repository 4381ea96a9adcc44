//! `Range`, alone or under a condition.
#![no_main]

use axum::http::{HeaderValue, Method};
use callbook_fuzz::server;
use libfuzzer_sys::fuzz_target;

const CONTENT: &str = "/restapi/v1.0/account/~/recording/7001/content";

fuzz_target!(|data: &[u8]| {
    let mut values = data.splitn(2, |byte| *byte == b'\n').map(HeaderValue::from_bytes);
    server::with(|server| {
        let mut request = server.request(Method::GET, CONTENT, vec![]);
        for name in ["range", "if-range"] {
            if let Some(Ok(value)) = values.next() {
                request.headers_mut().insert(name, value);
            }
        }
        server.ask(request);
    });
});
