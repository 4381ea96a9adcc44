//! Starting: the port, the env file, the credentials; and a clock that is turned.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use callbook_api::Clock;
use callbook_sandbox::{Error, Options, bind, bind_with_clock};
use jiff::Timestamp;
use reqwest::StatusCode;
use secrecy::ExposeSecret;

use crate::server::{Server, options};

/// A clock that stands still until a test turns it, in Unix seconds.
pub struct TurnedClock(pub AtomicI64);

impl Clock for TurnedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

#[tokio::test]
async fn the_env_file_has_all_that_is_needed_and_stays_good() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rc.env");
    std::fs::write(&path, "an older file").unwrap();
    let options = Options { env_file: Some(path.clone()), ..options() };
    let sandbox = bind(options.clone()).await.unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let credentials = sandbox.credentials();
    let expected = format!(
        "RC_SERVER_URL={}\nRC_APP_CLIENT_ID={}\nRC_APP_CLIENT_SECRET={}\nRC_USER_JWT={}\n\
         SANDBOX_PUBLIC_CLIENT_ID={}\nSANDBOX_USERNAME={}\nSANDBOX_PASSWORD={}\n",
        sandbox.server_url(),
        credentials.client_id,
        credentials.client_secret.expose_secret(),
        credentials.jwt.expose_secret(),
        credentials.public_client_id,
        credentials.username,
        credentials.password.expose_secret(),
    );
    assert_eq!(text, expected);
    assert!(credentials.client_id.starts_with("sandbox-"));
    assert_eq!(credentials.jwt.expose_secret().split('.').count(), 3);
    assert!(!format!("{credentials:?}").contains(credentials.jwt.expose_secret()));
    assert_private(&path);

    let again = bind(options).await.unwrap();
    assert_eq!(again.credentials().client_id, credentials.client_id);
    assert_eq!(again.credentials().jwt.expose_secret(), credentials.jwt.expose_secret());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[cfg(unix)]
fn assert_private(path: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[cfg(not(unix))]
fn assert_private(_: &std::path::Path) {}

#[tokio::test]
async fn what_prevents_a_start_is_said_plainly() {
    let first = bind(options()).await.unwrap();
    let address = first.server_url().strip_prefix("http://").unwrap();
    let taken = Options { listen: address.parse().unwrap(), ..options() };
    let port = taken.listen.port();
    let error = bind(taken).await.err().unwrap();
    assert_eq!(
        error.to_string(),
        format!("port {port} is taken: another program listens on {address}")
    );

    let mut few = options();
    few.company.users = 1;
    assert!(matches!(bind(few).await, Err(Error::TooFewUsers { users: 1, .. })));
    let mut empty = options();
    empty.company.until = Some(empty.company.from);
    assert!(matches!(bind(empty).await, Err(Error::EmptyPeriod { .. })));
    let nowhere = Options { env_file: Some("/nonexistent/folder/rc.env".into()), ..options() };
    assert!(matches!(bind(nowhere).await, Err(Error::EnvFile { .. })));
}

#[tokio::test]
async fn the_clock_decides_what_now_is() {
    let clock = Arc::new(TurnedClock(AtomicI64::new(1_706_745_600)));
    let options = Options { plan: "2/60s".parse().unwrap(), ..options() };
    let server = Server::run(bind_with_clock(options, clock.clone()).await.unwrap());
    let token = server.admin_token().await;
    let path = "/account/~/call-log?perPage=1";
    let (_, page) = server.get_json(path, &token).await;
    let uri = page["navigation"]["firstPage"]["uri"].as_str().unwrap();
    assert!(uri.contains("dateTo=2024-02-01T00%3A00%3A00.000Z"), "{uri}");
    assert_eq!(server.get_json(path, &token).await.0, StatusCode::OK);
    assert_eq!(server.get_json(path, &token).await.0, StatusCode::TOO_MANY_REQUESTS);
    clock.0.fetch_add(60, Ordering::SeqCst);
    assert_eq!(server.get_json(path, &token).await.0, StatusCode::OK);
    clock.0.fetch_add(3_600, Ordering::SeqCst);
    assert_eq!(server.get_json(path, &token).await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_restart_keeps_jwts_but_no_sessions() {
    let server = Server::start().await;
    let token = server.admin_token().await;
    let restarted = Server::start().await;
    let (status, body) = restarted.get_json("/account/~", &token).await;
    assert_eq!((status, &body["errorCode"]), (StatusCode::UNAUTHORIZED, &"OAU-129".into()));
    restarted.admin_token().await;
}
