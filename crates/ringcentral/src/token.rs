//! Access tokens.

use std::time::{Duration, Instant};

use reqwest::Response;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::Value;

use crate::{Connection, Error, body};

/// A token is replaced this long before it ends, so that no request carries an expired one.
const AHEAD: Duration = Duration::from_secs(120);

/// A token that claims to last longer is replaced after this time anyway.
const LONGEST_LIFE: Duration = Duration::from_secs(24 * 3600);

/// No answer to a sign-in comes near it.
const MAX_BODY: usize = 1 << 20;

/// An access token and when to stop using it.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) access: SecretString,
    /// The user's extension id, if the server says.
    pub(crate) owner_id: Option<String>,
    good_until: Instant,
}

/// The contract's `TokenInfo`, as far as it is used.
#[derive(Deserialize)]
struct TokenInfo {
    access_token: SecretString,
    expires_in: u64,
    owner_id: Option<Value>,
}

/// The error body of OAuth.
#[derive(Deserialize, Default)]
#[serde(default)]
struct TokenError {
    error: String,
    error_description: String,
}

impl Token {
    /// Whether it will last for a request that begins now.
    pub(crate) fn is_fresh(&self) -> bool {
        Instant::now() < self.good_until
    }

    /// The request that signs in with the JWT.
    pub(crate) fn request(
        http: &reqwest::Client,
        connection: &Connection,
    ) -> reqwest::RequestBuilder {
        let url = connection.endpoint("/restapi/oauth/token");
        let mut form = vec![
            ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
            ("assertion", connection.jwt.expose_secret()),
        ];
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

    /// Reads the answer to that request, which began at `asked`.
    pub(crate) async fn from_answer(answer: Response, asked: Instant) -> Result<Self, Error> {
        let (url, status) = (answer.url().to_string(), answer.status());
        let body = body::read(answer, &url, MAX_BODY).await?;
        if !status.is_success() {
            let refusal: TokenError = serde_json::from_str(&body).unwrap_or_default();
            if refusal.error.is_empty() {
                return Err(Error::not_the_api(&url, status, &body));
            }
            let reason = match refusal.error_description.as_str() {
                "" => refusal.error,
                description => format!("{} ({})", description, refusal.error),
            };
            return Err(Error::LoginRefused { reason });
        }
        let info: TokenInfo =
            serde_json::from_str(&body).map_err(|_| Error::not_the_api(&url, status, &body))?;
        // It goes into a header.
        if !info.access_token.expose_secret().bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Error::not_the_api(&url, status, &body));
        }
        let lifetime = Duration::from_secs(info.expires_in).min(LONGEST_LIFE);
        let owner_id = info.owner_id.map(|id| id.as_str().map_or(id.to_string(), str::to_owned));
        let good_until = asked + lifetime.saturating_sub(AHEAD);
        Ok(Self { access: info.access_token, owner_id, good_until })
    }
}
