//! Access tokens, and how they are asked for.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use reqwest::Response;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::Value;

use crate::login::Tokens;
use crate::scope::Scopes;
use crate::{Connection, Error, body};

/// A token is replaced this long before it ends, so that no request carries an expired one.
const AHEAD: Duration = Duration::from_secs(120);

/// A token that claims to last longer is replaced after this time anyway.
const LONGEST_LIFE: Duration = Duration::from_secs(24 * 3600);

/// No answer to a sign-in comes near it.
const MAX_BODY: usize = 1 << 20;

/// What tokens are asked for with. `Debug` shows no secret.
#[derive(Debug, Clone, Copy)]
pub enum Grant<'a> {
    /// A person's JWT credential.
    Jwt(&'a SecretString),
    /// What a browser brought back.
    Code {
        /// Good for a minute, once.
        code: &'a SecretString,
        /// Where the browser brought it.
        redirect_uri: &'a str,
        /// Proves that it was us who asked.
        verifier: &'a SecretString,
    },
    /// A refresh token, which works once.
    Refresh(&'a SecretString),
}

impl Grant<'_> {
    fn form(&self) -> Vec<(&str, &str)> {
        match self {
            Self::Jwt(jwt) => vec![
                ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
                ("assertion", jwt.expose_secret()),
            ],
            Self::Code { code, redirect_uri, verifier } => vec![
                ("grant_type", "authorization_code"),
                ("code", code.expose_secret()),
                ("redirect_uri", redirect_uri),
                ("code_verifier", verifier.expose_secret()),
            ],
            Self::Refresh(token) => {
                vec![("grant_type", "refresh_token"), ("refresh_token", token.expose_secret())]
            }
        }
    }

    /// The request for tokens.
    pub(crate) fn request(
        &self,
        http: &reqwest::Client,
        connection: &Connection,
    ) -> reqwest::RequestBuilder {
        post(http, connection, "/restapi/oauth/token", self.form())
    }
}

/// A form of the app's, with the secret that proves it is the app, if it has one.
pub(crate) fn post<'a>(
    http: &reqwest::Client,
    connection: &'a Connection,
    path: &str,
    mut form: Vec<(&'a str, &'a str)>,
) -> reqwest::RequestBuilder {
    let url = connection.endpoint(path);
    match &connection.client_secret {
        Some(secret) => http
            .post(url)
            .basic_auth(&connection.client_id, Some(secret.expose_secret()))
            .form(&form),
        None => {
            form.push(("client_id", &connection.client_id));
            http.post(url).form(&form)
        }
    }
}

/// An access token and when to stop using it.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) access: SecretString,
    pub(crate) scopes: Option<Scopes>,
    /// The user's extension id, if the server says.
    pub(crate) owner_id: Option<String>,
    good_until: Instant,
}

impl Token {
    /// Measured by the clock that nobody sets, from now on.
    pub(crate) fn of(tokens: &Tokens) -> Self {
        let left = tokens.renew_at.duration_since(Timestamp::now()).try_into().unwrap_or_default();
        Self {
            access: tokens.access.clone(),
            scopes: tokens.scopes.clone(),
            owner_id: tokens.owner_id.clone(),
            good_until: Instant::now() + LONGEST_LIFE.min(left),
        }
    }

    /// Whether it will last for a request that begins now.
    pub(crate) fn is_fresh(&self) -> bool {
        Instant::now() < self.good_until
    }

    /// The server did not take it.
    pub(crate) fn refuse(&mut self) {
        self.good_until = Instant::now();
    }

    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.access.expose_secret() == other.access.expose_secret()
    }
}

/// The contract's `TokenInfo`, as far as it is used.
#[derive(Deserialize)]
struct TokenInfo {
    access_token: SecretString,
    expires_in: u64,
    refresh_token: Option<SecretString>,
    refresh_token_expires_in: Option<u64>,
    scope: Option<String>,
    owner_id: Option<Value>,
}

impl TokenInfo {
    fn into_tokens(self, asked: Timestamp) -> Tokens {
        let lifetime = Duration::from_secs(self.expires_in).min(LONGEST_LIFE);
        let after = |life| asked.saturating_add(life).unwrap_or(Timestamp::MAX);
        Tokens {
            access: self.access_token,
            renew_at: after(lifetime.saturating_sub(AHEAD)),
            refresh: self.refresh_token,
            refresh_until: self.refresh_token_expires_in.map(|s| after(Duration::from_secs(s))),
            scopes: self.scope.as_deref().map(Scopes::parse),
            owner_id: self.owner_id.map(|id| id.as_str().map_or(id.to_string(), str::to_owned)),
        }
    }
}

/// The error body of OAuth.
#[derive(Deserialize, Default)]
#[serde(default)]
struct TokenError {
    error: String,
    error_description: String,
}

impl Tokens {
    /// Reads the answer to a request for tokens, which began at `asked`.
    pub(crate) async fn from_answer(
        answer: Response,
        asked: Timestamp,
        grant: &Grant<'_>,
    ) -> Result<Self, Error> {
        let (url, status) = (answer.url().to_string(), answer.status());
        let body = body::read(answer, &url, MAX_BODY).await?;
        if !status.is_success() {
            let Some((error, reason)) = refusal(&body) else {
                return Err(Error::not_the_api(&url, status, &body));
            };
            // Anything else that is refused leaves a refresh token as good as it was.
            return Err(match grant {
                Grant::Refresh(_) if error == "invalid_grant" => Error::LoginOver { reason },
                _ => Error::LoginRefused { reason },
            });
        }
        let info: TokenInfo =
            serde_json::from_str(&body).map_err(|_| Error::not_the_api(&url, status, &body))?;
        // It goes into a header.
        if !info.access_token.expose_secret().bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Error::not_the_api(&url, status, &body));
        }
        Ok(info.into_tokens(asked))
    }
}

/// The code of a refusal, and the server's own words; `None` if it is no refusal of OAuth's.
pub(crate) fn refusal(body: &str) -> Option<(String, String)> {
    let TokenError { error, error_description } = serde_json::from_str(body).ok()?;
    let reason = match error_description.as_str() {
        "" => error.clone(),
        description => format!("{description} ({error})"),
    };
    (!error.is_empty()).then_some((error, reason))
}
