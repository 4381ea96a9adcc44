//! Clients that dawdle, and a shutdown.

use std::time::Duration;

use callbook_api::{Api, Config, Plan, ServeOptions, SyncKey, router, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::company::TestPorts;
use crate::server::Server;

#[tokio::test]
async fn half_sent_headers_are_not_waited_for() {
    let header_timeout = Duration::from_millis(200);
    let options = ServeOptions { header_timeout, ..ServeOptions::default() };
    let server = Server::start_with(Plan::Off, options).await;
    let address = server.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(b"GET /restapi HTTP/1.1\r\nHost: x\r\nX-Slow: ").await.unwrap();
    let mut rest = Vec::new();
    let closed = timeout(Duration::from_secs(5), stream.read_to_end(&mut rest)).await;
    assert!(closed.is_ok(), "the connection is still open");
}

#[tokio::test]
async fn enormous_headers_are_refused() {
    let server = Server::start(Plan::Off).await;
    let request = server.http.get(format!("{}/restapi", server.url));
    let response = request.header("x-large", "x".repeat(100_000)).send().await;
    // The refusal can be lost when the connection is closed with the rest of the header unread.
    let status = response.ok().map(|response| response.status().as_u16());
    assert!(matches!(status, None | Some(431)), "{status:?}");
    let response = server.http.get(format!("{}/restapi", server.url)).send().await.unwrap();
    assert_eq!(response.status(), 200);
}

#[tokio::test]
async fn connections_beyond_the_limit_wait() {
    let options = ServeOptions { max_connections: 1, ..ServeOptions::default() };
    let server = Server::start_with(Plan::Off, options).await;
    let address = server.url.strip_prefix("http://").unwrap().to_owned();
    let mut first = TcpStream::connect(&address).await.unwrap();
    first.write_all(b"GET /restapi HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    first.read_u8().await.unwrap();
    let mut second = TcpStream::connect(&address).await.unwrap();
    second.write_all(b"GET /restapi HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    assert!(timeout(Duration::from_millis(200), second.read_u8()).await.is_err());
    drop(first);
    timeout(Duration::from_secs(5), second.read_u8()).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_shutdown_closes_the_port_and_returns() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server_url = format!("http://{address}");
    let sync_key = SyncKey::new([7; 32]);
    let refresh_grace = crate::server::REFRESH_GRACE;
    let media_url = server_url.clone();
    let (hub, push) = Default::default();
    let config =
        Config { server_url: server_url.clone(), media_url, sync_key, refresh_grace, hub, push };
    let api = Api::new(TestPorts::new(Plan::Off), config);
    let (stop, stopped) = oneshot::channel::<()>();
    let shutdown = async { drop(stopped.await) };
    let served = tokio::spawn(serve(listener, router(api), ServeOptions::default(), shutdown));
    // An idle connection must not hold the shutdown up.
    let response = reqwest::get(format!("{server_url}/restapi")).await.unwrap();
    response.bytes().await.unwrap();
    stop.send(()).unwrap();
    timeout(Duration::from_secs(5), served).await.unwrap().unwrap().unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}
