//! Any request: path, query, headers, body.
#![no_main]

use callbook_fuzz::server;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    server::with(|server| {
        if let Some(request) = server.read(data) {
            server.ask(request);
        }
    });
});
