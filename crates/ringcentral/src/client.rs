//! The client: one signed-in user of one app.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use callbook_model::Scope;
use http::StatusCode;
use http::header::{ACCEPT, CONTENT_TYPE};
use jiff::Timestamp;
use reqwest::{RequestBuilder, Response};
use secrecy::ExposeSecret as _;
use url::Url;

use crate::by_id::ById;
use crate::call_log::call_log_path;
use crate::clock::ServerClock;
use crate::connection::Credential;
use crate::limiter::{Kind, Limiter, SharedBudgets, Traffic};
use crate::login::Tokens;
use crate::media::Media;
use crate::token::{Grant, Token};
use crate::tries::{Tries, Try};
use crate::{
    AccountInfo, CallLogPage, CallLogQuery, Connection, Departure, Error, ExtensionInfo, MediaHost,
    Priority, Retry, Scopes, SyncPage, SyncQuery, body, by_id, transport,
};

/// No answer of this API comes near it.
const MAX_BODY: usize = 256 << 20;

/// A signed-in user of one app. Safe to share between tasks.
#[derive(Debug)]
pub struct Client {
    pub(crate) http: reqwest::Client,
    pub(crate) connection: Connection,
    pub(crate) media: Media,
    retry: Retry,
    pub(crate) limiter: Limiter,
    clock: ServerClock,
    token: tokio::sync::Mutex<Option<Token>>,
    /// Until a sign-in worked, a network failure most likely means a wrong address.
    proven: AtomicBool,
}

/// A GET and what its answer should be.
#[derive(Clone, Copy)]
pub(crate) struct Request<'a> {
    pub(crate) kind: Kind,
    pub(crate) priority: Priority,
    pub(crate) path: &'a str,
    pub(crate) query: &'a [(&'a str, String)],
    pub(crate) expected: &'static str,
    /// Another form than plain JSON.
    pub(crate) accept: Option<&'static str>,
}

impl<'a> Request<'a> {
    pub(crate) fn new(kind: Kind, path: &'a str, expected: &'static str) -> Self {
        Self { kind, priority: Priority::High, path, query: &[], expected, accept: None }
    }
}

impl Client {
    /// # Errors
    /// When the system's TLS certificates cannot be loaded.
    pub fn new(connection: Connection, retry: Retry) -> Result<Self, Error> {
        Self::sharing(connection, retry, None)
    }

    /// A client whose rate budgets are shared with other processes.
    ///
    /// # Errors
    /// As [`Client::new`].
    pub fn sharing(
        connection: Connection,
        retry: Retry,
        budgets: Option<Arc<dyn SharedBudgets>>,
    ) -> Result<Self, Error> {
        let http = transport::client(&connection.server_url)?;
        let media = Media::new(&connection, Vec::new())?;
        let limiter = Limiter::new(connection.credential_key(), budgets);
        // A stored login came from this address.
        let proven = matches!(connection.credential, Credential::Stored(_));
        Ok(Self {
            http,
            connection,
            media,
            retry,
            limiter,
            clock: ServerClock::default(),
            token: tokio::sync::Mutex::default(),
            proven: AtomicBool::new(proven),
        })
    }

    /// The same client, which may send its token to these hosts as well, to fetch recordings.
    ///
    /// # Errors
    /// As [`Client::new`].
    pub fn allowing(self, hosts: Vec<MediaHost>) -> Result<Self, Error> {
        Ok(Self { media: Media::new(&self.connection, hosts)?, ..self })
    }

    /// What time it is by the server's clock, to the second; `None` before its first answer. Our own
    /// clock may be wrong, and the call log is the server's.
    pub fn server_time(&self) -> Option<Timestamp> {
        self.clock.at(Instant::now())
    }

    /// What was sent so far.
    pub fn traffic(&self) -> Traffic {
        self.limiter.traffic()
    }

    /// Signs in, if need be, and says what the app may be used for; `None` if the server does not.
    ///
    /// # Errors
    /// When the server cannot be reached or refuses.
    pub async fn scopes(&self) -> Result<Option<Scopes>, Error> {
        Ok(self.token().await?.scopes)
    }

    /// The account that the sign-in belongs to.
    ///
    /// # Errors
    /// When the server cannot be reached, refuses, or is not this API.
    pub async fn account(&self) -> Result<AccountInfo, Error> {
        let path = "/restapi/v1.0/account/~";
        let request = Request::new(Kind::Account, path, "an account");
        self.get(&request, |body| AccountInfo::parse(&body)).await
    }

    /// One page of a call log.
    ///
    /// # Errors
    /// As [`Client::account`].
    pub async fn call_log(&self, query: &CallLogQuery) -> Result<CallLogPage, Error> {
        let (path, parameters) = (query.path(), query.parameters());
        let request = Request::new(Kind::CallLog, &path, "a page of the call log");
        let request = Request { query: &parameters, ..request };
        self.get(&request, CallLogPage::parse).await
    }

    /// Waits until the rate budget has room for a request to the call log; another may still come
    /// first.
    pub async fn ready(&self) {
        self.limiter.ready(Kind::CallLog).await;
    }

    /// What changed in a call log.
    ///
    /// # Errors
    /// [`Error::TokenRefused`] when the token is no good (any more); otherwise as [`Client::account`].
    pub async fn changes(&self, query: &SyncQuery) -> Result<SyncPage, Error> {
        let (path, parameters) = (query.path(), query.parameters());
        let request = Request::new(Kind::CallLog, &path, "changes of the call log");
        let request = Request { query: &parameters, ..request };
        self.get(&request, SyncPage::parse).await
    }

    /// Records by their ids, in the Detailed view; at most [`MAX_IDS`](crate::MAX_IDS).
    ///
    /// # Errors
    /// As [`Client::account`].
    pub async fn records_by_id(&self, scope: Scope, ids: &[String]) -> Result<Vec<ById>, Error> {
        let path = format!("{}/{}", call_log_path(scope), ids.join(","));
        let request = Request {
            query: &[("view", "Detailed".to_owned())],
            accept: Some(by_id::MULTIPART_JSON),
            ..Request::new(Kind::CallLog, &path, "records of the call log")
        };
        match self.get(&request, |body| by_id::parse(&body)).await {
            // A single id has no status of its own.
            Err(Error::Refused { status: StatusCode::NOT_FOUND, .. }) if ids.len() == 1 => {
                Ok(vec![ById { id: ids[0].clone(), record: None }])
            }
            answer => answer,
        }
    }

    /// The extension that signed in.
    ///
    /// # Errors
    /// As [`Client::account`].
    pub async fn own_extension(&self) -> Result<ExtensionInfo, Error> {
        let request =
            Request::new(Kind::Account, "/restapi/v1.0/account/~/extension/~", "an extension");
        self.get(&request, |body| ExtensionInfo::parse(&body)).await
    }

    /// Asks until there is an answer that `parse` can read, or trying again is no use.
    pub(crate) async fn get<T>(
        &self,
        request: &Request<'_>,
        parse: impl Fn(String) -> Result<T, serde_json::Error>,
    ) -> Result<T, Error> {
        let url = self.connection.endpoint(request.path);
        let mut tries = self.tries();
        loop {
            let tried = match self.attempt(request, &url).await?.done() {
                Ok(body) => parsed(parse(body), request, &url)?,
                Err(other) => other,
            };
            if let Some(value) = tries.judge(tried).await? {
                return Ok(value);
            }
        }
    }

    pub(crate) fn tries(&self) -> Tries {
        Tries::new(self.retry)
    }

    /// Signs in if need be and sends one request.
    async fn attempt(&self, request: &Request<'_>, url: &Url) -> Result<Try<String>, Error> {
        let mut get = self.http.get(url.clone()).query(request.query);
        if let Some(accept) = request.accept {
            get = get.header(ACCEPT, accept);
        }
        match self.signed(request.kind, request.priority, get).await?.done() {
            Ok(answer) => {
                let read = self.read(answer, url.as_str()).await;
                self.naming_scopes(request.kind, read).await
            }
            Err(other) => Ok(other),
        }
    }

    /// A refusal that the app's scopes explain names those that are missing.
    pub(crate) async fn naming_scopes<T>(
        &self,
        kind: Kind,
        outcome: Result<T, Error>,
    ) -> Result<T, Error> {
        match (outcome, self.token.lock().await.as_ref()) {
            (Err(error), Some(token)) => Err(error.naming_scopes(kind, token)),
            (outcome, _) => outcome,
        }
    }

    /// Signs in if need be and sends a request with the token, whatever comes of it.
    pub(crate) async fn signed(
        &self,
        kind: Kind,
        priority: Priority,
        request: RequestBuilder,
    ) -> Result<Try<Response>, Error> {
        let token = match self.token().await {
            Ok(token) => token,
            Err(error @ Error::Unavailable { .. }) => return Ok(Try::Failed(error)),
            Err(error @ Error::Unreachable { .. }) if self.proven.load(Ordering::Relaxed) => {
                return Ok(Try::Failed(error));
            }
            Err(error) => return Err(error),
        };
        let request = request.bearer_auth(token.access.expose_secret());
        let answer = match self.send(kind, priority, request).await {
            Ok(answer) => answer,
            Err(error) => return Ok(Try::Failed(error)),
        };
        if answer.status() == StatusCode::UNAUTHORIZED {
            self.forget(&token).await;
        }
        Ok(Try::Done(answer))
    }

    /// Sorts an answer into what to do about it.
    pub(crate) async fn read(&self, answer: Response, url: &str) -> Result<Try<String>, Error> {
        let status = answer.status();
        if status == StatusCode::TOO_MANY_REQUESTS {
            return Ok(Try::Throttled);
        }
        if status.is_server_error() {
            return Ok(Try::Failed(Error::Unavailable { status, attempts: 1 }));
        }
        let media = answer.headers().get(CONTENT_TYPE).and_then(|media| media.to_str().ok());
        let json = media.is_some_and(|media| media.contains("json"));
        let body = match body::read(answer, url, MAX_BODY).await {
            Ok(body) => body,
            Err(error @ Error::Unreachable { .. }) => return Ok(Try::Failed(error)),
            Err(error) => return Err(error),
        };
        match status {
            StatusCode::OK | StatusCode::MULTI_STATUS if json => Ok(Try::Done(body)),
            StatusCode::UNAUTHORIZED => {
                Ok(Try::Unauthorized(Error::from_refusal(url, status, &body)))
            }
            status if status.is_client_error() => Err(Error::from_refusal(url, status, &body)),
            status => Err(Error::not_the_api(url, status, &body)),
        }
    }

    async fn send(
        &self,
        kind: Kind,
        priority: Priority,
        request: RequestBuilder,
    ) -> Result<Response, Error> {
        let sent = self.limiter.wait(kind, priority).await;
        let outcome = request.send().await;
        self.limiter.answered(kind, sent, outcome.as_ref().ok()).await;
        if let Ok(answer) = &outcome {
            self.clock.hear(answer.headers(), Instant::now());
            log(kind, answer, sent.waited);
        }
        outcome.map_err(|source| {
            let url = source.url().map_or_else(String::new, Url::to_string);
            Error::unreachable(&url, source)
        })
    }

    async fn token(&self) -> Result<Token, Error> {
        let mut token = self.token.lock().await;
        if let Some(token) = token.as_ref().filter(|token| token.is_fresh()) {
            return Ok(token.clone());
        }
        let fresh = match &self.connection.credential {
            Credential::Jwt(jwt) => Token::of(&self.ask_for_tokens(&Grant::Jwt(jwt)).await?),
            Credential::Stored(keep) => self.kept_token(keep, token.as_ref()).await?,
        };
        if let Some(owner) = &fresh.owner_id {
            self.limiter.belongs_to(self.connection.user_key(owner));
        }
        self.proven.store(true, Ordering::Relaxed);
        Ok(token.insert(fresh).clone())
    }

    /// Asks for tokens, and does nothing else with them.
    pub(crate) async fn ask_for_tokens(&self, grant: &Grant<'_>) -> Result<Tokens, Error> {
        let asked = Timestamp::now();
        let answer = self.ask_for_access(|| grant.request(&self.http, &self.connection)).await?;
        Tokens::from_answer(answer, asked, grant).await
    }

    /// Asks the server's OAuth side until it is not refused for the rate.
    pub(crate) async fn ask_for_access(
        &self,
        request: impl Fn() -> RequestBuilder,
    ) -> Result<Response, Error> {
        loop {
            let answer = self.send(Kind::Token, Priority::High, request()).await?;
            match answer.status() {
                StatusCode::TOO_MANY_REQUESTS => {}
                status if status.is_server_error() => {
                    return Err(Error::Unavailable { status, attempts: 1 });
                }
                _ => return Ok(answer),
            }
        }
    }

    /// Notes a token that the server did not take, unless it has been replaced since.
    async fn forget(&self, refused: &Token) {
        let mut token = self.token.lock().await;
        if let Some(token) = token.as_mut().filter(|token| token.is_same(refused)) {
            token.refuse();
        }
    }
}

/// What came of a try whose answer was read so.
fn parsed<T>(
    value: Result<T, serde_json::Error>,
    request: &Request<'_>,
    url: &Url,
) -> Result<Try<T>, Error> {
    let source = match value {
        Ok(value) => return Ok(Try::Done(value)),
        Err(source) => source,
    };
    let (url, expected) = (url.to_string(), request.expected);
    let error = Error::Malformed { url, expected, source: Departure::from(&source) };
    // The answer was cut short: the next one may be whole.
    if source.is_eof() { Ok(Try::Failed(error)) } else { Err(error) }
}

/// Says what came: never a query, which has times, nor any other header, which may have secrets.
fn log(kind: Kind, answer: &Response, waited: Duration) {
    let remaining = answer.headers().get("x-rate-limit-remaining");
    tracing::debug!(
        ?kind,
        path = answer.url().path(),
        status = answer.status().as_u16(),
        remaining = ?remaining.and_then(|remaining| remaining.to_str().ok()),
        waited_ms = waited.as_millis(),
        "answered"
    );
}
