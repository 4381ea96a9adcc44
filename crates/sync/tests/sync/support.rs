//! An upstream, and an archive to sync it into.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use callbook_model::{Scope, Span};
use callbook_ringcentral::{Client, Connection, Credential, Retry, parse_server_url};
use callbook_store::{CallFilter, Open, Store};
use callbook_sync::{Error, Options, Summary, VerifyReport, sync, verify};
use jiff::Timestamp;
use serde_json::{Value, json};
use tempfile::TempDir;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

const CALL_LOG: &str = "/restapi/v1.0/account/~/call-log";

/// Token, account and extensions; the call log is each test's own.
pub async fn upstream() -> MockServer {
    let server = MockServer::start().await;
    answer_basics(&server).await;
    server
}

/// Makes a server answer as that of [`upstream`].
pub async fn answer_basics(server: &MockServer) {
    let answers = [
        ("POST", "/restapi/oauth/token", token()),
        ("GET", "/restapi/v1.0/account/~", json!({ "id": 400 })),
        ("GET", "/restapi/v1.0/account/~/extension", json!({ "records": [] })),
    ];
    for (verb, place, body) in answers {
        Mock::given(method(verb))
            .and(path(place))
            .respond_with(ResponseTemplate::new(200).set_body_json(body))
            .mount(server)
            .await;
    }
}

fn token() -> Value {
    json!({ "access_token": "secret", "token_type": "bearer", "expires_in": 3600 })
}

pub fn page(records: &[Value]) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({ "records": records }))
}

pub fn call(id: &str) -> Value {
    json!({ "id": id, "startTime": "2024-01-01T00:00:00.000Z", "type": "Voice" })
}

pub async fn answer(server: &MockServer, times: u64, answer: ResponseTemplate) {
    let mock = Mock::given(method("GET")).and(path(CALL_LOG)).respond_with(answer);
    mock.up_to_n_times(times).mount(server).await;
}

/// A call log that heeds what it is asked for.
#[derive(Clone)]
pub struct List(Arc<Mutex<Vec<Value>>>);

impl List {
    /// The call log from now on.
    pub fn set(&self, records: Vec<Value>) {
        *self.0.lock().unwrap() = records;
    }
}

impl Respond for List {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let query = |name: &str| {
            let mut pairs = request.url.query_pairs();
            pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap()
        };
        let moment = |name: &str| query(name).parse::<Timestamp>().unwrap();
        let (from, to) = (moment("dateFrom"), moment("dateTo"));
        let (number, size): (usize, usize) =
            (query("page").parse().unwrap(), query("perPage").parse().unwrap());
        // Where a record stands in the list need not be where its `startTime` says.
        let place = |record: &Value| {
            let field = record.get("listedAt").unwrap_or(&record["startTime"]);
            field.as_str().unwrap().parse::<Timestamp>().unwrap()
        };
        let inside = |record: &&Value| from <= place(record) && place(record) < to;
        let all = self.0.lock().unwrap();
        let mut list: Vec<&Value> = all.iter().filter(inside).collect();
        list.sort_by_key(|record| std::cmp::Reverse(place(record)));
        let records: Vec<_> = list.iter().skip((number - 1) * size).take(size).collect();
        let paging = json!({ "totalElements": list.len(), "perPage": size });
        ResponseTemplate::new(200).set_body_json(json!({ "records": records, "paging": paging }))
    }
}

/// Makes these records the server's call log.
pub async fn list(server: &MockServer, records: Vec<Value>) -> List {
    let list = List(Arc::new(Mutex::new(records)));
    let mock = Mock::given(method("GET")).and(path(CALL_LOG));
    mock.respond_with(list.clone()).mount(server).await;
    list
}

/// An archive of the server's account.
pub struct Place {
    pub client: Client,
    pub store: Store,
    server_url: String,
    _folder: TempDir,
}

impl Place {
    pub async fn new(server: &MockServer) -> Self {
        let folder = TempDir::new().unwrap();
        let location = folder.path().join("a.db").display().to_string().parse().unwrap();
        let store = Store::open(&location, Open::OrCreate).await.unwrap();
        let connection = Connection {
            server_url: parse_server_url(&server.uri()).unwrap(),
            client_id: "id".into(),
            client_secret: None,
            credential: Credential::Jwt("jwt".to_owned().into()),
        };
        let wait = Duration::from_millis(1);
        let retry = Retry { first: wait, longest: wait, times: 3 };
        let client = Client::new(connection, retry).unwrap();
        Self { client, store, server_url: server.uri(), _folder: folder }
    }

    pub async fn sync(&self, options: Options) -> Result<Summary, Error> {
        sync(&self.client, &self.store, &self.server_url, options, |_| {}).await
    }

    pub async fn verify(&self) -> Result<VerifyReport, Error> {
        let account = self.store.accounts().await.unwrap().pop().unwrap();
        let always = Span { from: Timestamp::MIN, to: Timestamp::MAX };
        verify(&self.client, &self.store, &account, Scope::Account, always, 1000, |_| {}).await
    }

    /// The ids of all calls.
    pub async fn ids(&self) -> Vec<String> {
        let Some(account) = self.store.accounts().await.unwrap().pop() else { return vec![] };
        let span = Span { from: Timestamp::MIN, to: Timestamp::MAX };
        let filter = CallFilter::new(Scope::Account, span);
        let rows = self.store.calls(account.key, filter, None, 10_000).await.unwrap();
        let mut ids: Vec<_> = rows.into_iter().map(|row| row.id).collect();
        ids.sort();
        ids
    }

    pub fn sql(&self, sql: &str) {
        let path = self.store.location().to_string();
        rusqlite::Connection::open(path).unwrap().execute_batch(sql).unwrap();
    }
}
