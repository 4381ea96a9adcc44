//! One sync of an account: sign in, find out which log may be read, carry its plan out.

use callbook_model::Scope;
use callbook_ringcentral::{Client, MAX_PER_PAGE, Traffic};
use callbook_store::{Account, Committed, Mirrored, Run, Settings, Store};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::directory::Directory;
use crate::log::Log;
use crate::{Error, Gate, Plan};

/// The plan's name among the archive's cursors.
pub(crate) const CURSOR: &str = "list account";

/// What a sync is to do.
#[derive(Debug, Clone)]
pub struct Options {
    /// List calls that began since then, though they were listed before; `None` for what is new.
    pub since: Option<Timestamp>,
    /// Records a page, 1 to 1000.
    pub per_page: u32,
    /// What is shared with other syncs.
    pub gate: Option<Gate>,
    /// Upstream keeps calls for so many days, at least.
    pub upstream_days: Option<u32>,
    /// Calls that began so many days ago are erased; `None` keeps them.
    pub retention_days: Option<i64>,
}

impl Default for Options {
    fn default() -> Self {
        let per_page = MAX_PER_PAGE;
        Self { since: None, per_page, gate: None, upstream_days: None, retention_days: None }
    }
}

impl Options {
    /// As an account is registered.
    pub fn of(settings: &Settings) -> Self {
        Self {
            upstream_days: u32::try_from(settings.upstream_days).ok(),
            retention_days: settings.retention_days,
            ..Self::default()
        }
    }
}

/// How far a run has come.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    /// Records read in this run.
    pub records: u64,
    /// How many there will be, if upstream said.
    pub total: Option<u64>,
    /// Every call that began after this has been read.
    pub reached: Timestamp,
}

/// What a run did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Summary {
    /// RingCentral's id of the account.
    pub account_id: u64,
    /// The extension whose log was read; `None` for the company's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extension_id: Option<u64>,
    /// Requests sent, sign-in and further tries included.
    pub requests: u64,
    /// Answers of status 429 among them.
    pub refused: u64,
    /// Records read.
    pub records: u64,
    /// What they changed.
    #[serde(flatten)]
    pub committed: Committed,
    /// What is new, different or gone in the directory.
    pub directory: u64,
    /// Days sealed.
    pub sealed: u64,
    /// Calls erased because they were kept long enough.
    pub purged: u64,
    /// Time spent waiting for the rate budget.
    pub throttled_ms: u64,
    /// Time in all.
    pub elapsed_ms: u64,
}

/// Brings into the archive what is not there yet, and what has changed.
///
/// # Errors
/// When upstream or the archive fail for good. What was committed stays; the next run goes on there.
pub async fn sync(
    client: &Client,
    store: &Store,
    server_url: &str,
    options: Options,
    mut progress: impl FnMut(Progress),
) -> Result<Summary, Error> {
    let mut session = Session::open(client, store, server_url, &options).await?;
    session.pass(&mut progress).await
}

/// As [`sync`], and goes on: whenever something is due, another pass. Returns on an error only.
///
/// # Errors
/// When upstream refuses or the archive fails. An upstream that cannot be reached for a while is asked
/// again at the next pass.
pub async fn follow(
    client: &Client,
    store: &Store,
    server_url: &str,
    options: Options,
    mut report: impl FnMut(&Summary),
) -> Result<(), Error> {
    let mut session = Session::open(client, store, server_url, &options).await?;
    loop {
        match session.pass(&mut |_| {}).await {
            Ok(summary) => report(&summary),
            Err(Error::Upstream(error)) if error.may_pass() => {
                tracing::warn!(%error, "trying again at the next pass");
            }
            Err(error) => return Err(error),
        }
        let now = client.server_time().unwrap_or_else(Timestamp::now);
        let wait = session.log.idle_until(now).duration_since(now);
        tokio::time::sleep(wait.max(SHORTEST_PAUSE).unsigned_abs()).await;
    }
}

/// Whatever a plan says, nothing is asked more often.
const SHORTEST_PAUSE: SignedDuration = SignedDuration::from_secs(60);

/// A signed-in user and the log that they may read.
struct Session<'a> {
    client: &'a Client,
    store: &'a Store,
    account: Account,
    options: Options,
    log: Log<'a>,
    directory: Directory<'a>,
    /// What of the directory has changed since the last pass.
    mirrored: Mirrored,
    /// What earlier passes have told of; the sign-in belongs to the first one.
    told: Traffic,
}

impl<'a> Session<'a> {
    async fn open(
        client: &'a Client,
        store: &'a Store,
        server_url: &str,
        options: &Options,
    ) -> Result<Self, Error> {
        let account = register(client, store, server_url).await?;
        let lock = store.lock_sync(account.key).await?;
        let mut directory = Directory::open(client, store, &account).await?;
        let mirrored = directory.read_names(&lock).await?;
        let options = options.clone();
        let log = Log::open(client, store, lock, &account, Scope::Account, &options).await?;
        let told = Traffic::default();
        Ok(Self { client, store, account, options, log, directory, mirrored, told })
    }

    /// Does everything that is due.
    async fn pass(&mut self, progress: &mut impl FnMut(Progress)) -> Result<Summary, Error> {
        let (started, before) = (Timestamp::now(), self.told);
        let mut summary = self.run(progress).await?;
        summary.account_id = self.account.id.0;
        summary.directory = self.mirror().await?;
        if let Some(days) = self.options.retention_days {
            let now = self.client.server_time().unwrap_or(started);
            let before = now.saturating_sub(SignedDuration::from_hours(24 * days));
            let before_ms = before.unwrap_or(Timestamp::MIN).as_millisecond();
            let purged = self.store.purge(self.log.lock(), Some(before_ms)).await?;
            summary.purged = purged.calls;
        }
        let (traffic, finished) = (self.client.traffic(), Timestamp::now());
        self.told = traffic;
        let throttled = traffic.throttled.saturating_sub(before.throttled);
        summary.requests = traffic.requests - before.requests;
        summary.refused = traffic.refused - before.refused;
        summary.throttled_ms = milliseconds(throttled.as_millis());
        let elapsed = finished.duration_since(started).unsigned_abs();
        summary.elapsed_ms = milliseconds(elapsed.as_millis());
        let run = Run {
            started_ms: started.as_millisecond(),
            finished_ms: finished.as_millisecond(),
            summary: serde_json::to_string(&summary).map_err(Error::State)?,
        };
        self.store.put_run(self.account.key, run).await?;
        Ok(summary)
    }

    /// Brings the directory up to date, unless calls are due. How much has changed since the last pass.
    async fn mirror(&mut self) -> Result<u64, Error> {
        let now = self.client.server_time().unwrap_or_else(Timestamp::now);
        let until = self.log.idle_until(now);
        let mut mirrored = std::mem::take(&mut self.mirrored);
        mirrored += self.directory.run(self.log.lock(), until).await?;
        Ok(mirrored.opened + mirrored.closed)
    }

    /// Reads the company's log, or the user's own where the company's is not for them: its first list tells.
    async fn run(&mut self, progress: &mut impl FnMut(Progress)) -> Result<Summary, Error> {
        let summary = match self.log.run(progress).await {
            Err(Error::Upstream(error)) if error.is_unavailable() && self.log.is_new() => {
                let Ok(own) = self.client.own_extension().await else { return Err(error.into()) };
                tracing::warn!(
                    "the company's call log is not for this user: their own is archived"
                );
                self.log.change_scope(Scope::Extension(own.id)).await?;
                self.log.run(progress).await?
            }
            outcome => outcome?,
        };
        let extension_id = match self.log.scope() {
            Scope::Account => None,
            Scope::Extension(id) => Some(id.0),
        };
        Ok(Summary { extension_id, ..summary })
    }
}

async fn register(client: &Client, store: &Store, server_url: &str) -> Result<Account, Error> {
    let upstream = client.account().await?;
    let main_number = upstream.main_number.as_deref();
    Ok(store.put_account(upstream.id, server_url, main_number, upstream.home).await?)
}

/// What an account's earlier runs have left.
pub(crate) async fn load_plan(
    store: &Store,
    account: &Account,
    scope: Scope,
) -> Result<Option<Plan>, Error> {
    let cursor = store.cursor(account.key, scope, CURSOR).await?;
    cursor.map(|json| serde_json::from_str(&json).map_err(Error::Cursor)).transpose()
}

fn milliseconds(count: u128) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use callbook_ringcentral::{Connection, Credential, Retry, parse_server_url};
    use callbook_store::Open;
    use serde_json::json;
    use wiremock::matchers::{method, path};
    use wiremock::{Mock, MockServer, ResponseTemplate};

    use super::*;

    #[tokio::test]
    async fn a_pass_asks_for_nothing_that_is_not_due() {
        let server = MockServer::start().await;
        let token = json!({ "access_token": "secret", "token_type": "bearer", "expires_in": 3600 });
        for (verb, place, body) in [
            ("POST", "/restapi/oauth/token", token),
            ("GET", "/restapi/v1.0/account/~", json!({ "id": 400 })),
            ("GET", "/restapi/v1.0/account/~/extension", json!({ "records": [] })),
            ("GET", "/restapi/v1.0/account/~/call-log", json!({ "records": [] })),
        ] {
            let answer = ResponseTemplate::new(200).set_body_json(body);
            let mock = Mock::given(method(verb)).and(path(place));
            mock.respond_with(answer).mount(&server).await;
        }
        let folder = tempfile::tempdir().unwrap();
        let location = folder.path().join("a.db").display().to_string().parse().unwrap();
        let store = Store::open(&location, Open::OrCreate).await.unwrap();
        let connection = Connection {
            server_url: parse_server_url(&server.uri()).unwrap(),
            client_id: "id".into(),
            client_secret: None,
            credential: Credential::Jwt("jwt".to_owned().into()),
        };
        let client = Client::new(connection, Retry::default()).unwrap();
        let options = Options::default();
        let session = Session::open(&client, &store, &server.uri(), &options).await;
        let mut session = session.unwrap();
        assert!(session.pass(&mut |_| {}).await.unwrap().requests > 0);
        assert_eq!(session.pass(&mut |_| {}).await.unwrap().requests, 0);
    }
}
