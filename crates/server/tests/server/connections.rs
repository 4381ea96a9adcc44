//! Many who send half a request disturb nobody.

use callbook_api::ServeOptions;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::company::{Archived, company};
use crate::kinds::Kind;
use crate::serving::Served;

const HALF_SENT: usize = 1_000;

#[tokio::test]
async fn a_thousand_half_sent_requests_disturb_nobody() {
    let options = ServeOptions { max_connections: 4_096, ..ServeOptions::default() };
    let open = options.open_connections.clone();
    let served = Served::with(Archived::new(Kind::Sqlite).await, options).await;
    let address = served.url.strip_prefix("http://").unwrap().to_owned();
    let halves: [&[u8]; 4] = [
        b"",
        b"GET /restapi/v1.0/acc",
        b"GET /restapi HTTP/1.1\r\nHost: x\r\nX-Slow: ",
        b"POST /restapi/oauth/token HTTP/1.1\r\nHost: x\r\nContent-Type: \
          application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\ngrant_",
    ];
    let mut waiting = Vec::with_capacity(HALF_SENT);
    for number in 0..HALF_SENT {
        let mut stream = TcpStream::connect(&address).await.unwrap();
        stream.write_all(halves[number % halves.len()]).await.unwrap();
        waiting.push(stream);
    }
    let token = served.token(company().admin).await;
    for _ in 0..20 {
        assert_eq!(served.get("/account/~/call-log", &token).await.status(), 200);
    }
    // They were all accepted, and none of them was answered or cut off for the others' sake.
    assert!(open.load(std::sync::atomic::Ordering::Relaxed) > HALF_SENT);
    let mut whole = waiting.swap_remove(2);
    whole.write_all(b"no more\r\n\r\n").await.unwrap();
    let mut status = [0; 12];
    whole.read_exact(&mut status).await.unwrap();
    assert_eq!(&status, b"HTTP/1.1 200");
}
