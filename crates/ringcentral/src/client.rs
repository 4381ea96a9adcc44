//! The client: one signed-in user of one app.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use http::StatusCode;
use http::header::CONTENT_TYPE;
use reqwest::{RequestBuilder, Response};
use secrecy::ExposeSecret as _;
use serde::de::DeserializeOwned;
use url::Url;

use crate::directory::{WireAccount, WireExtensions};
use crate::limiter::{Kind, Limiter, Traffic};
use crate::token::Token;
use crate::{AccountInfo, CallLogPage, CallLogQuery, Connection, Error, ExtensionInfo, Retry};

/// No answer of this API comes near it.
const MAX_BODY: usize = 256 << 20;

/// A server that sends nothing for so long is given up.
const READ_TIMEOUT: Duration = Duration::from_secs(120);

/// A signed-in user of one app. Safe to share between tasks.
#[derive(Debug)]
pub struct Client {
    http: reqwest::Client,
    connection: Connection,
    retry: Retry,
    limiter: Limiter,
    token: tokio::sync::Mutex<Option<Token>>,
    /// Until a sign-in worked, a network failure most likely means a wrong address.
    proven: AtomicBool,
}

/// A GET and what its answer should be.
struct Request<'a> {
    kind: Kind,
    path: &'a str,
    query: &'a [(&'a str, String)],
    expected: &'static str,
}

/// What came of one try.
enum Try {
    Done(String),
    /// Refused with 429: the limiter knows until when, so just ask again.
    Throttled,
    /// May pass by itself.
    Failed(Error),
    /// The token was not taken.
    Unauthorized(Error),
}

impl Client {
    /// # Errors
    /// When the system's TLS certificates cannot be loaded.
    pub fn new(connection: Connection, retry: Retry) -> Result<Self, Error> {
        let http = reqwest::Client::builder()
            .user_agent(concat!("callbook/", env!("CARGO_PKG_VERSION")))
            // A redirect would carry the token to a host that nobody named.
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(20))
            .read_timeout(READ_TIMEOUT)
            .tcp_nodelay(true)
            .build()
            .map_err(|source| Error::unreachable(connection.server_url.as_str(), source))?;
        let (limiter, token) = (Limiter::new(), tokio::sync::Mutex::default());
        Ok(Self { http, connection, retry, limiter, token, proven: AtomicBool::new(false) })
    }

    /// What was sent so far.
    pub fn traffic(&self) -> Traffic {
        self.limiter.traffic()
    }

    /// The account that the sign-in belongs to.
    ///
    /// # Errors
    /// When the server cannot be reached, refuses, or is not this API.
    pub async fn account(&self) -> Result<AccountInfo, Error> {
        let path = "/restapi/v1.0/account/~";
        let request = Request { kind: Kind::Account, path, query: &[], expected: "an account" };
        Ok(self.get_json::<WireAccount>(&request).await?.into())
    }

    /// Every extension of the account.
    ///
    /// # Errors
    /// As [`Client::account`].
    pub async fn extensions(&self) -> Result<Vec<ExtensionInfo>, Error> {
        let mut extensions = Vec::new();
        for page in 1u32.. {
            let list: WireExtensions = self
                .get_json(&Request {
                    kind: Kind::Extensions,
                    path: "/restapi/v1.0/account/~/extension",
                    query: &[("page", page.to_string()), ("perPage", "1000".to_owned())],
                    expected: "a list of extensions",
                })
                .await?;
            let last = list.navigation.next_page.is_none() || list.records.is_empty();
            extensions.extend(list.records);
            if last {
                break;
            }
        }
        Ok(extensions)
    }

    /// One page of a call log.
    ///
    /// # Errors
    /// As [`Client::account`].
    pub async fn call_log(&self, query: &CallLogQuery) -> Result<CallLogPage, Error> {
        let request = Request {
            kind: Kind::CallLog,
            path: &query.path(),
            query: &query.parameters(),
            expected: "a page of the call log",
        };
        self.get(&request, CallLogPage::parse).await
    }

    async fn get_json<T: DeserializeOwned>(&self, request: &Request<'_>) -> Result<T, Error> {
        self.get(request, |body| serde_json::from_str(&body)).await
    }

    /// Asks until there is an answer that `parse` can read, or trying again is no use.
    async fn get<T>(
        &self,
        request: &Request<'_>,
        parse: impl Fn(String) -> Result<T, serde_json::Error>,
    ) -> Result<T, Error> {
        let url = self.connection.endpoint(request.path);
        let mut waits = self.retry.waits();
        let mut renewed = false;
        loop {
            let failure = match self.attempt(request, &url).await? {
                Try::Throttled => continue,
                Try::Unauthorized(error) if renewed => return Err(error),
                Try::Unauthorized(_) => {
                    renewed = true;
                    continue;
                }
                Try::Failed(error) => error,
                Try::Done(body) => match parse(body) {
                    Ok(value) => return Ok(value),
                    Err(source) => {
                        let (url, expected) = (url.to_string(), request.expected);
                        let cut_short = source.is_eof();
                        let error = Error::Malformed { url, expected, source };
                        if !cut_short {
                            return Err(error);
                        }
                        error
                    }
                },
            };
            let Some(wait) = waits.next() else { return Err(failure) };
            tracing::warn!(%failure, wait_s = wait.as_secs_f32(), "trying again");
            tokio::time::sleep(wait).await;
        }
    }

    /// Signs in if need be and sends one request.
    async fn attempt(&self, request: &Request<'_>, url: &Url) -> Result<Try, Error> {
        let token = match self.token().await {
            Ok(token) => token,
            Err(error @ (Error::Unreachable { .. } | Error::Unavailable { .. }))
                if self.proven.load(Ordering::Relaxed) =>
            {
                return Ok(Try::Failed(error));
            }
            Err(error) => return Err(error),
        };
        let get = self.http.get(url.clone()).query(request.query);
        let answer =
            match self.send(request.kind, get.bearer_auth(token.access.expose_secret())).await {
                Ok(answer) => answer,
                Err(error) => return Ok(Try::Failed(error)),
            };
        let tried = self.read(answer, url.as_str()).await?;
        if matches!(tried, Try::Unauthorized(_)) {
            self.forget(&token).await;
        }
        Ok(tried)
    }

    /// Sorts an answer into what to do about it.
    async fn read(&self, answer: Response, url: &str) -> Result<Try, Error> {
        let status = answer.status();
        if status == StatusCode::TOO_MANY_REQUESTS {
            return Ok(Try::Throttled);
        }
        if status.is_server_error() {
            let attempts = self.retry.times + 1;
            return Ok(Try::Failed(Error::Unavailable { status, attempts }));
        }
        let media = answer.headers().get(CONTENT_TYPE).and_then(|media| media.to_str().ok());
        let json = media.is_some_and(|media| media.contains("json"));
        let body = match read_body(answer, url).await {
            Ok(body) => body,
            Err(error @ Error::Unreachable { .. }) => return Ok(Try::Failed(error)),
            Err(error) => return Err(error),
        };
        match status {
            StatusCode::OK if json => Ok(Try::Done(body)),
            StatusCode::UNAUTHORIZED => {
                Ok(Try::Unauthorized(Error::from_refusal(url, status, &body)))
            }
            status if status.is_client_error() => Err(Error::from_refusal(url, status, &body)),
            status => Err(Error::not_the_api(url, status, &body)),
        }
    }

    async fn send(&self, kind: Kind, request: RequestBuilder) -> Result<Response, Error> {
        self.limiter.wait(kind).await;
        let outcome = request.send().await;
        self.limiter.answered(kind, outcome.as_ref().ok());
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
        let fresh = self.sign_in().await?;
        self.proven.store(true, Ordering::Relaxed);
        Ok(token.insert(fresh).clone())
    }

    async fn sign_in(&self) -> Result<Token, Error> {
        loop {
            let asked = Instant::now();
            let request = Token::request(&self.http, &self.connection);
            let answer = self.send(Kind::Token, request).await?;
            match answer.status() {
                StatusCode::TOO_MANY_REQUESTS => {}
                status if status.is_server_error() => {
                    return Err(Error::Unavailable { status, attempts: 1 });
                }
                _ => return Token::from_answer(answer, asked).await,
            }
        }
    }

    /// Drops a token that the server did not take, unless it has been replaced since.
    async fn forget(&self, refused: &Token) {
        let mut token = self.token.lock().await;
        let same = |token: &Token| token.access.expose_secret() == refused.access.expose_secret();
        if token.as_ref().is_some_and(same) {
            *token = None;
        }
    }
}

async fn read_body(mut answer: Response, url: &str) -> Result<String, Error> {
    let status = answer.status();
    let mut body = Vec::new();
    while let Some(chunk) =
        answer.chunk().await.map_err(|source| Error::unreachable(url, source))?
    {
        if body.len() + chunk.len() > MAX_BODY {
            return Err(Error::TooLarge { url: url.to_owned(), limit_mb: MAX_BODY >> 20 });
        }
        body.extend_from_slice(&chunk);
    }
    String::from_utf8(body).map_err(|_| Error::not_the_api(url, status, "binary"))
}
