//! Tokens of synchronisation and of pages: as they come, and, where what is signed is wrong, signed.
#![no_main]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use callbook_fuzz::server;
use hmac::{Hmac, KeyInit as _, Mac as _};
use libfuzzer_sys::fuzz_target;
use sha2::Sha256;

const LOG: &str = "/restapi/v1.0/account/~";

fuzz_target!(|data: &[u8]| {
    let mut mac = Hmac::<Sha256>::new_from_slice(&server::SYNC_KEY).unwrap();
    mac.update(data);
    let signed = [data, &mac.finalize().into_bytes()[..]].concat();
    let signed = URL_SAFE_NO_PAD.encode(signed).into_bytes();
    server::with(|server| {
        for feed in ["call-log-sync?syncType=ISync", "call-log-extract-sync?syncType=ISync"] {
            server.ask(server.get(&format!("{LOG}/{feed}"), "syncToken", data));
            server.ask(server.get(&format!("{LOG}/{feed}"), "syncToken", &signed));
        }
        server.ask(server.get(&format!("{LOG}/call-log"), "pageToken", data));
    });
});
