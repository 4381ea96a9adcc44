//! A sandbox, an archive of its calls, and a folder for its recordings.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use callbook_recordings::{Error, Fetched, Fetching, Keeping, Place, fetch_recordings};
use callbook_ringcentral::{Client, Connection, Credential, Retry, parse_server_url};
use callbook_sandbox::{CompanyOptions, Credentials, Injector, Options, Plan, bind};
use callbook_store::{Account, Open, RecordingQuery, RecordingRow, RecordingState, Store};
use callbook_synth::{Audio, Company, Recording, Scope};
use secrecy::SecretString;
use tempfile::TempDir;

pub struct Bench {
    pub company: Arc<Company>,
    pub faults: Injector,
    pub store: Store,
    pub account: Account,
    pub place: Place,
    pub clients: Vec<Client>,
    pub folder: TempDir,
}

pub fn options() -> Options {
    let company = CompanyOptions {
        calls: 110,
        users: 8,
        until: Some("2024-01-01T00:00:00Z".parse().unwrap()),
        ..CompanyOptions::default()
    };
    let listen = "127.0.0.1:0".parse().unwrap();
    // Its calls are years old.
    Options { listen, company, plan: Plan::Off, recording_days: None, ..Options::default() }
}

impl Bench {
    /// With so many users, the first of whom may hear everything.
    pub async fn new(options: Options, users: usize) -> Self {
        let sandbox = bind(options).await.unwrap();
        let (company, faults) = (Arc::clone(sandbox.company()), sandbox.faults().clone());
        let url = sandbox.server_url().to_owned();
        let jwts = company.extensions().iter().filter_map(|each| sandbox.user_jwt(each.id));
        let jwts: Vec<_> = jwts.take(users).collect();
        let credentials = sandbox.credentials().clone();
        tokio::spawn(sandbox.run(std::future::pending()));
        let clients: Vec<_> = jwts.into_iter().map(|jwt| client(&url, &credentials, jwt)).collect();
        let folder = TempDir::new().unwrap();
        let location = folder.path().join("a.db").display().to_string().parse().unwrap();
        let store = Store::open(&location, Open::OrCreate).await.unwrap();
        let options = callbook_sync::Options::default();
        callbook_sync::sync(&clients[0], &store, &url, options, |_| {}).await.unwrap();
        let account = store.accounts().await.unwrap().pop().unwrap();
        let place = Place::open(folder.path().join("kept").to_str().unwrap(), []).unwrap();
        Self { company, faults, store, account, place, clients, folder }
    }

    pub fn spool(&self) -> PathBuf {
        self.folder.path().join("spool")
    }

    pub async fn fetch(&self) -> Result<Fetched, Error> {
        let fetching = Fetching {
            store: &self.store,
            account: &self.account,
            clients: &self.clients,
            place: &self.place,
            spool: &self.spool(),
            keeping: Keeping { days: 36_500, ..Keeping::default() },
        };
        fetch_recordings(&fetching, |_| {}).await
    }

    /// Fetches until nothing is wanted any more, though what was put off is for later.
    pub async fn fetch_all(&self) {
        for _ in 0..20 {
            // Too many failures in a row end a run.
            let _ = self.fetch().await;
            if self.rows().await.values().all(|row| row.state != RecordingState::Wanted) {
                return;
            }
            self.sql("UPDATE recording SET next_try_ms = 0");
        }
        panic!("some are never fetched");
    }

    pub fn sql(&self, sql: &str) {
        let path = self.folder.path().join("a.db");
        rusqlite::Connection::open(path).unwrap().execute_batch(sql).unwrap();
    }

    /// The company's recordings of calls that are listed.
    pub fn recordings(&self) -> Vec<Recording> {
        let entries = self.company.entries(Scope::Account).iter();
        let kept = entries.filter(|entry| !self.company.is_deleted(entry.call));
        kept.filter_map(|entry| self.company.call(entry.call).recording()).collect()
    }

    /// Theirs in the archive, by their ids.
    pub async fn rows(&self) -> BTreeMap<u64, RecordingRow> {
        let mut rows = BTreeMap::new();
        for recording in self.recordings() {
            let query = RecordingQuery::Id(recording.id.to_string());
            let row = self.store.recordings(self.account.key, query).await.unwrap().pop();
            rows.insert(recording.id, row.unwrap());
        }
        rows
    }

    /// What is kept of a recording.
    pub async fn content(&self, row: &RecordingRow) -> Vec<u8> {
        let mut content = vec![];
        let object = row.object.as_deref().unwrap();
        self.place.write_to(object, &mut content).await.unwrap().unwrap();
        content
    }

    /// The ids of those whose content is another than upstream's.
    pub async fn wrong(&self) -> Vec<u64> {
        let (rows, mut wrong) = (self.rows().await, vec![]);
        for recording in self.recordings() {
            let row = &rows[&recording.id];
            assert_eq!(row.state, RecordingState::Kept);
            let content = self.content(row).await;
            assert_eq!(Some(content.len() as i64), row.bytes);
            if content != whole(&recording.audio) {
                wrong.push(recording.id);
            }
        }
        wrong
    }
}

pub fn whole(audio: &Audio) -> Vec<u8> {
    audio.bytes(0..u64::MAX)
}

fn client(url: &str, credentials: &Credentials, jwt: SecretString) -> Client {
    let connection = Connection {
        server_url: parse_server_url(url).unwrap(),
        client_id: credentials.client_id.clone(),
        client_secret: Some(credentials.client_secret.clone()),
        credential: Credential::Jwt(jwt),
    };
    let wait = Duration::from_millis(1);
    Client::new(connection, Retry { first: wait, longest: wait, times: 2 }).unwrap()
}
