//! A synthetic company, served by the sandbox, and archives of it.

use std::sync::LazyLock;
use std::time::Duration;

use callbook_ringcentral::{Client, Connection, Credential, Retry, parse_server_url};
use callbook_sandbox::{CompanyOptions, Credentials, Options, Plan, bind};
use callbook_store::{Account, Open, Store};
use callbook_sync::{Options as SyncOptions, sync};
use callbook_synth::{ExtensionKind, Scope};
use secrecy::SecretString;
use tokio::runtime::Runtime;

use crate::kinds::{Empty, Kind};

/// What serves the company outlives every test's own runtime.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

static COMPANY: LazyLock<Company> = LazyLock::new(Company::serve);

pub struct Company {
    pub url: String,
    pub credentials: Credentials,
    /// Internal ids of extensions with calls.
    pub admin: u64,
    pub user: u64,
    pub queue: u64,
    /// A short number.
    pub user_number: String,
}

/// The company of all tests: small, but with every kind of call.
pub fn company() -> &'static Company {
    &COMPANY
}

impl Company {
    fn serve() -> Self {
        let until = "2024-06-01T00:00:00Z".parse().ok();
        let company =
            CompanyOptions { seed: 3, calls: 1_200, users: 12, until, ..CompanyOptions::default() };
        let listen = ([127, 0, 0, 1], 0).into();
        let options = Options { listen, company, plan: Plan::Off, ..Options::default() };
        // A runtime of another test may be around this one.
        let sandbox = std::thread::spawn(|| RUNTIME.block_on(bind(options)).unwrap());
        let sandbox = sandbox.join().unwrap();
        let synthetic = sandbox.company().clone();
        let of = |kind: ExtensionKind, admin: bool| {
            let mut all = synthetic.extensions().iter();
            all.find(|each| each.kind == kind && each.admin == admin).unwrap().clone()
        };
        let user = of(ExtensionKind::User, false);
        let served = Self {
            url: sandbox.server_url().to_owned(),
            credentials: sandbox.credentials().clone(),
            admin: of(ExtensionKind::User, true).id,
            user: user.id,
            queue: of(ExtensionKind::Queue, false).id,
            user_number: user.json["extensionNumber"].as_str().unwrap().to_owned(),
        };
        assert!(synthetic.entries(Scope::Extension(served.user)).len() > 20);
        RUNTIME.spawn(sandbox.run(std::future::pending()));
        served
    }

    /// A client that signs in to the sandbox as its administrator.
    pub fn client(&self) -> Client {
        let secret = Some(self.credentials.client_secret.clone());
        client(&self.url, &self.credentials.client_id, secret, self.credentials.jwt.clone())
    }
}

/// A client of whatever server.
pub fn client(url: &str, app: &str, secret: Option<SecretString>, jwt: SecretString) -> Client {
    let connection = Connection {
        server_url: parse_server_url(url).unwrap(),
        client_id: app.to_owned(),
        client_secret: secret,
        credential: Credential::Jwt(jwt),
    };
    let wait = Duration::from_millis(1);
    Client::new(connection, Retry { first: wait, longest: wait, times: 3 }).unwrap()
}

/// An archive, with the place that it is in.
pub struct Archived {
    pub store: Store,
    pub account: Account,
    _empty: Empty,
}

impl Archived {
    /// The company, downloaded.
    pub async fn new(kind: Kind) -> Self {
        Self::of(kind, &company().client(), &company().url).await
    }

    /// What `client` can sync, downloaded.
    pub async fn of(kind: Kind, client: &Client, url: &str) -> Self {
        let empty = Empty::new(kind).await;
        let store = Store::open(&empty.location, Open::OrCreate).await.unwrap();
        sync(client, &store, url, SyncOptions::default(), |_| {}).await.unwrap();
        let account = store.accounts().await.unwrap().pop().unwrap();
        Self { store, account, _empty: empty }
    }
}
