//! Forms: tokens, revocation, signing in and consent.
#![no_main]

use callbook_fuzz::server;
use libfuzzer_sys::fuzz_target;

const PATHS: [&str; 3] =
    ["/restapi/oauth/token", "/restapi/oauth/revoke", "/restapi/oauth/authorize"];

fuzz_target!(|data: &[u8]| {
    let Some((first, body)) = data.split_first() else { return };
    let path = PATHS[usize::from(*first) % PATHS.len()];
    server::with(|server| {
        server.ask(server.form(path, body));
    });
});
