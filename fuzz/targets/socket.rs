//! Messages over WebSocket, one a line.
#![no_main]

use axum::http::Method;
use callbook_fuzz::server;
use libfuzzer_sys::fuzz_target;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

const HANDSHAKE: &str = "Host: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
    Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
/// A frame's beginning, a mask that changes nothing.
const TEXT: u8 = 0x81;
const CLOSE: [u8; 6] = [0x88, 0x80, 0, 0, 0, 0];

fuzz_target!(|data: &[u8]| {
    server::with(|server| {
        let token = server.request(Method::POST, "/restapi/oauth/wstoken", vec![]);
        let token = server::text(&server.ask(token), "ws_access_token");
        let mut said = format!("GET /ws?access_token={token} HTTP/1.1\r\n{HANDSHAKE}").into_bytes();
        for line in data.split(|byte| *byte == b'\n') {
            let line = &line[..line.len().min(usize::from(u16::MAX))];
            let [high, low] = (line.len() as u16).to_be_bytes();
            said.extend([TEXT, 0x80 | 126, high, low, 0, 0, 0, 0]);
            said.extend(line);
        }
        said.extend(CLOSE);
        server.talk(async |connection| {
            let (mut read, mut write) = tokio::io::split(connection);
            let (mut heard, say) = (vec![], async { write.write_all(&said).await });
            // The server may have closed the connection before all was said.
            let _ = tokio::join!(say, read.read_to_end(&mut heard));
            assert!(heard.starts_with(b"HTTP/1.1 101"));
        });
    });
});
