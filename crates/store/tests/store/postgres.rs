//! What only a server can do: refuse, be unreachable, lose connections.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use callbook_model::{AccountId, Region, Scope};
use callbook_store::{Batch, CallFilter, Committed, Error, Location, Open, Store};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

use crate::place::{Kind, Place};
use crate::support::{Archive, everything, incoming, record};

fn url(place: &Place) -> Url {
    match place.location() {
        Location::Postgres(server) => server.expose_url().clone(),
        Location::Sqlite(path) => panic!("{path:?} is no server"),
    }
}

async fn open(url: &Url, how: Open) -> Result<Store, Error> {
    Store::open(&url.as_str().parse().unwrap(), how).await
}

#[tokio::test]
async fn other_tables_do_not_matter_and_no_archive_is_made_by_reading() {
    if !Kind::Postgres.is_wanted() {
        return;
    }
    let place = Place::new(Kind::Postgres).await;
    place.sql("CREATE TABLE public.call (x text); INSERT INTO public.call VALUES ('theirs')").await;
    let error = open(&url(&place), Open::Existing).await.unwrap_err();
    assert!(matches!(error, Error::NoArchive { .. }), "{error:?}");
    assert_eq!(place.text("SELECT to_regnamespace('callbook') IS NULL").await, "true");
    // Several at once make one archive.
    let url = url(&place);
    let opened = tokio::join!(
        open(&url, Open::OrCreate),
        open(&url, Open::OrCreate),
        open(&url, Open::OrCreate),
    );
    let stores = [opened.0.unwrap(), opened.1.unwrap(), opened.2.unwrap()];
    let id = stores[0].status().await.unwrap().archive_id;
    for store in &stores {
        assert_eq!(store.status().await.unwrap().archive_id, id);
    }
    assert_eq!(place.text("SELECT x FROM public.call").await, "theirs");
    place.sql("UPDATE archive SET schema = 99").await;
    let error = open(&url, Open::OrCreate).await.unwrap_err();
    assert!(matches!(error, Error::Newer { found: 99, .. }), "{error:?}");
}

#[tokio::test]
async fn a_schema_of_somebody_else_stays_as_it_is() {
    if !Kind::Postgres.is_wanted() {
        return;
    }
    let place = Place::new(Kind::Postgres).await;
    place.sql("CREATE SCHEMA callbook; CREATE TABLE callbook.call (x text)").await;
    for how in [Open::OrCreate, Open::Existing] {
        let error = open(&url(&place), how).await.unwrap_err();
        assert!(matches!(error, Error::NotAnArchive { .. }), "{error:?}");
    }
    let tables = "SELECT count(*) FROM pg_class WHERE relnamespace = 'callbook'::regnamespace";
    assert_eq!(place.text(tables).await, "1");
}

#[tokio::test]
async fn what_cannot_be_reached_is_named_without_its_password() {
    if !Kind::Postgres.is_wanted() {
        return;
    }
    let place = Place::new(Kind::Postgres).await;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let mut nobody_listens = url(&place);
    nobody_listens.set_port(Some(port)).unwrap();
    let mut no_database = url(&place);
    no_database.set_path("none");
    let mut no_user = url(&place);
    no_user.set_username("nobody").unwrap();
    let mut no_tls = url(&place);
    no_tls.set_query(Some("sslmode=require"));
    for mut url in [nobody_listens, no_database, no_user, no_tls] {
        url.set_password(Some("CANARY")).unwrap();
        let error = open(&url, Open::OrCreate).await.unwrap_err();
        let source = std::error::Error::source(&error).map(ToString::to_string);
        assert!(matches!(error, Error::Unreachable { .. } | Error::Database { .. }), "{error:?}");
        assert!(!format!("{error} {error:?} {source:?}").contains("CANARY"), "{error:?}");
    }
}

#[tokio::test]
async fn a_nul_is_left_out_of_texts_and_kept_in_documents() {
    if !Kind::Postgres.is_wanted() {
        return;
    }
    let archive = Archive::new(Kind::Postgres).await;
    let mut call = record("a", 0);
    call["id"] = json!("a\0b");
    call["sessionId"] = json!("s\0");
    call["from"]["name"] = json!("A\0nn");
    archive.commit(std::slice::from_ref(&call)).await;
    assert_eq!(archive.commit(std::slice::from_ref(&call)).await.unchanged, 1);
    let key = archive.account.key;
    for id in ["a\0b", "ab"] {
        let found = archive.store.call(key, Scope::Account, id).await.unwrap().unwrap();
        assert_eq!(found.json, call.to_string());
    }
    let keys = vec![callbook_model::Key::Session("s\0".into())];
    assert_eq!(archive.find(CallFilter { keys, ..everything() }).await, ["ab"]);
    call["from"]["name"] = json!("B\0ea");
    assert_eq!(archive.commit(&[call]).await.updated, 1);
    let report = archive.store.check(key, Scope::Account, |_| {}).await.unwrap();
    assert_eq!((report.calls, report.findings), (1, vec![]));
}

#[tokio::test]
async fn calls_of_a_month_lie_together() {
    if !Kind::Postgres.is_wanted() {
        return;
    }
    let archive = Archive::new(Kind::Postgres).await;
    let mut of_no_time = record("c", 0);
    of_no_time["startTime"] = json!("1900-01-01T00:00:00Z");
    archive.commit(&[record("a", 0), record("b", 40 * 86_400_000), of_no_time]).await;
    for (table, calls) in
        [("version_2024_01", "1"), ("version_2024_02", "1"), ("version_other", "1")]
    {
        let count = format!("SELECT count(DISTINCT call) FROM {table}");
        assert_eq!(archive.place.text(&count).await, calls, "{table}");
    }
    assert_eq!(archive.find(everything()).await, ["b", "a", "c"]);
}

#[tokio::test]
async fn an_absurd_record_costs_no_other() {
    if !Kind::Postgres.is_wanted() {
        return;
    }
    let archive = Archive::new(Kind::Postgres).await;
    // No two parts are alike: the server cannot make it short enough by compressing it.
    let mut seed = 1;
    let long: String = (0..500).map(|_| format!("{:016x}", random(&mut seed))).collect();
    let mut absurd = record("b", -1);
    absurd["id"] = json!(format!("b{long}"));
    absurd["sessionId"] = json!(long);
    absurd["to"]["extensionId"] = json!("18446744073709551615");
    absurd["startTime"] = json!("-009000-01-01T00:00:00Z");
    let sibling = json!({"id": format!("b{long}2"), "startTime": "2024-01-01T00:00:00Z"});
    let records = [record("a", 0), absurd.clone(), sibling];
    assert_eq!(archive.commit(&records).await.inserted, 3);
    assert_eq!(archive.commit(&records).await.unchanged, 3);
    let key = archive.account.key;
    let found = archive.store.call(key, Scope::Account, &format!("b{long}")).await.unwrap();
    assert_eq!(found.unwrap().json, absurd.to_string());
    let keys = vec![callbook_model::Key::Session(long)];
    assert_eq!(archive.find(CallFilter { keys, ..everything() }).await.len(), 1);
    let report = archive.store.check(key, Scope::Account, |_| {}).await.unwrap();
    assert_eq!((report.calls, report.findings), (3, vec![]));
    for (sql, expected) in [
        ("SELECT count(*) || '/' || count(started_at) FROM callbook_v1_calls", "3/2"),
        ("SELECT count(*) FROM callbook_v1_call_extensions WHERE extension_id = 7", "1"),
    ] {
        assert_eq!(archive.place.text(sql).await, expected, "{sql}");
    }
}

#[tokio::test]
async fn locks_of_many_accounts_take_one_connection_and_are_given_back() {
    if !Kind::Postgres.is_wanted() {
        return;
    }
    let archive = Archive::new(Kind::Postgres).await;
    let mut locks = Vec::new();
    for id in 1..=50 {
        let id = AccountId(id);
        let account = archive.store.put_account(id, "http://a", None, Region::US).await.unwrap();
        locks.push(archive.store.lock_sync(account.key).await.unwrap());
    }
    let held = "SELECT count(*) || '/' || count(DISTINCT pid) FROM pg_locks
        WHERE locktype = 'advisory' AND database = (
            SELECT oid FROM pg_database WHERE datname = current_database())";
    assert_eq!(archive.place.text(held).await, "51/1");
    let accounts: Vec<_> = locks.iter().map(callbook_store::SyncLock::account).collect();
    drop(locks);
    let other = open(&url(&archive.place), Open::Existing).await.unwrap();
    for account in accounts {
        drop(other.lock_sync(account).await.unwrap());
    }
}

/// Passes bytes on to a server, and cuts each connection after some number of them.
struct Proxy {
    port: u16,
    /// Upper limit of that number; 0 for none.
    most: Arc<AtomicU64>,
    cuts: Arc<AtomicU64>,
}

impl Proxy {
    async fn new(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (most, cuts) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let proxy = Self { port, most: most.clone(), cuts: cuts.clone() };
        tokio::spawn(async move {
            let mut seed = 0x9e37_79b9_7f4a_7c15;
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(&server).await.unwrap();
                let (most, cuts) = (most.clone(), cuts.clone());
                let random = random(&mut seed);
                tokio::spawn(async move {
                    pass_on(client, server, &most, random).await;
                    cuts.fetch_add(1, Ordering::Relaxed);
                });
            }
        });
        proxy
    }
}

/// Xorshift: the same numbers in every run.
fn random(seed: &mut u64) -> u64 {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    *seed
}

async fn pass_on(mut client: TcpStream, mut server: TcpStream, most: &AtomicU64, random: u64) {
    let (mut passed, mut there, mut back) = (0, [0; 4096], [0; 4096]);
    loop {
        let limit = match most.load(Ordering::Relaxed) {
            0 => u64::MAX,
            most => 4_000 + random % most,
        };
        // In pieces, so that the cut may be within a message, either way.
        let (length, written) = tokio::select! {
            read = client.read(&mut there) => {
                let Ok(length @ 1..) = read else { return };
                let kept = length.min(usize::try_from(limit.saturating_sub(passed)).unwrap());
                (length, server.write_all(&there[..kept]).await)
            }
            read = server.read(&mut back) => {
                let Ok(length @ 1..) = read else { return };
                let kept = length.min(usize::try_from(limit.saturating_sub(passed)).unwrap());
                (length, client.write_all(&back[..kept]).await)
            }
        };
        passed += length as u64;
        if written.is_err() || passed >= limit {
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_break_lose_nothing_and_double_nothing() {
    if !Kind::Postgres.is_wanted() {
        return;
    }
    let place = Place::new(Kind::Postgres).await;
    let mut through = url(&place);
    let server = format!("127.0.0.1:{}", through.port().unwrap());
    let proxy = Proxy::new(server).await;
    through.set_port(Some(proxy.port)).unwrap();
    let store = open(&through, Open::OrCreate).await.unwrap();
    let account = store.put_account(AccountId(400), "http://a", None, Region::US).await.unwrap();
    let lock = store.lock_sync(account.key).await.unwrap();
    proxy.most.store(90_000, Ordering::Relaxed);
    let mut sum = Committed::default();
    for n in 0..60i64 {
        let mut records: Vec<_> =
            (0..5).map(|m| incoming(&record(&format!("c{n}-{m}"), n * 5 + m))).collect();
        let mut edited = record("c0-0", 0);
        edited["duration"] = json!(n + 100);
        records.push(incoming(&edited));
        let cursors = vec![("task", n.to_string())];
        let batch = Batch { records, cursors, force: n % 7 == 6, ..Batch::default() };
        sum += store.commit(&lock, Scope::Account, batch).await.unwrap();
        let cursor = store.cursor(account.key, Scope::Account, "task").await.unwrap();
        assert_eq!(cursor, Some(n.to_string()));
        let newest = store.calls(account.key, everything(), None, 3).await.unwrap();
        assert_eq!(newest[0].id, format!("c{n}-4"));
        let key = "budget";
        let increment = |before: Option<String>| {
            let count = before.map_or(0, |before| before.parse::<i64>().unwrap()) + 1;
            (Some(count.to_string()), count)
        };
        assert_eq!(store.update_value(key, increment).await.unwrap(), n + 1);
    }
    assert!(proxy.cuts.load(Ordering::Relaxed) > 5, "hardly any connection was cut");
    // In the first batch the record and its edit have one id: the last counts.
    assert_eq!((sum.inserted, sum.updated, sum.unchanged), (300, 59, 0));
    proxy.most.store(0, Ordering::Relaxed);
    let store = open(&url(&place), Open::Existing).await.unwrap();
    let report = store.check(account.key, Scope::Account, |_| {}).await.unwrap();
    assert_eq!((report.calls, report.versions, report.findings), (300, 359, vec![]));
    let versions = store.versions(account.key, Scope::Account, "c0-0").await.unwrap();
    assert_eq!(versions.len(), 60);
}

#[tokio::test]
async fn a_lock_whose_connection_broke_is_taken_again_unless_somebody_else_has_it() {
    if !Kind::Postgres.is_wanted() {
        return;
    }
    let archive = Archive::new(Kind::Postgres).await;
    let end = "SELECT count(pg_terminate_backend(pid)) FROM pg_locks
        WHERE locktype = 'advisory' AND database = (
            SELECT oid FROM pg_database WHERE datname = current_database())";
    assert_eq!(archive.place.text(end).await, "1");
    tokio::time::timeout(Duration::from_secs(60), archive.commit(&[record("a", 0)])).await.unwrap();
    // Another process, as far as the server can tell.
    let other = open(&url(&archive.place), Open::Existing).await.unwrap();
    for store in [&archive.store, &other] {
        let held = store.lock_sync(archive.account.key).await;
        assert!(matches!(held, Err(Error::Locked { .. })), "{held:?}");
    }
    assert_eq!(archive.place.text(end).await, "1");
    let mut taken = other.lock_sync(archive.account.key).await;
    while matches!(taken, Err(Error::Locked { .. })) {
        taken = other.lock_sync(archive.account.key).await;
    }
    drop(taken.unwrap());
    let records = vec![incoming(&record("b", 1))];
    let batch = Batch { records, ..Batch::default() };
    let error = archive.store.commit(&archive.lock, Scope::Account, batch).await.unwrap_err();
    assert!(matches!(error, Error::TakenOver), "{error:?}");
}
