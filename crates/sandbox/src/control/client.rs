//! A client of the control API.

use jiff::Timestamp;
use reqwest::{Client, Method, RequestBuilder, Response};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;

use super::{Play, PlayedCalls, Reading, Removal, Told, Turn};
use crate::{Reorganization, Scenario};

/// Controls a running sandbox.
#[derive(Debug, Clone)]
pub struct Control {
    http: Client,
    server_url: String,
    client_id: String,
    client_secret: SecretString,
}

/// Why a sandbox did not do what it was told. The cause is in `source()`, not in the text.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// The credentials are those of something else, which has no use for them.
    #[error("the credentials are not a sandbox's")]
    NotASandbox,
    /// Nobody answers there, or somebody else.
    #[error("no sandbox answers at {server_url}")]
    Unreachable {
        /// Where it should have been.
        server_url: String,
        /// What the connection said.
        source: reqwest::Error,
    },
    /// It answered with a refusal.
    #[error("the sandbox refused: {message}")]
    Refused {
        /// Its reason.
        message: String,
    },
}

impl Control {
    /// A client of the sandbox at `server_url`, without a trailing slash.
    ///
    /// # Errors
    /// When the credentials are not a sandbox's: a real app's secret is not sent anywhere.
    pub fn new(
        server_url: &str,
        client_id: &str,
        client_secret: SecretString,
    ) -> Result<Self, ControlError> {
        if !client_id.starts_with("sandbox-") {
            return Err(ControlError::NotASandbox);
        }
        let server_url = server_url.trim_end_matches('/').to_owned();
        // It runs on this machine.
        let http = Client::builder().no_proxy().build();
        let unreachable =
            |source| ControlError::Unreachable { server_url: server_url.clone(), source };
        let http = http.map_err(unreachable)?;
        Ok(Self { http, server_url, client_id: client_id.to_owned(), client_secret })
    }

    /// Plays a scenario now, or as one that has just ended; its records show up `late_s` seconds later than
    /// they would.
    ///
    /// # Errors
    /// When there is no sandbox, or it refuses.
    pub async fn play(
        &self,
        scenario: Scenario,
        ended: bool,
        late_s: u64,
    ) -> Result<PlayedCalls, ControlError> {
        let play = Play { scenario: scenario.name().to_owned(), ended, late_s };
        self.json(self.request(Method::POST, "calls").json(&play)).await
    }

    /// What the clock says.
    ///
    /// # Errors
    /// When there is no sandbox, or it refuses.
    pub async fn clock(&self) -> Result<Timestamp, ControlError> {
        let reading: Reading = self.json(self.request(Method::GET, "clock")).await?;
        Ok(reading.now)
    }

    /// Turns the clock forward by milliseconds.
    ///
    /// # Errors
    /// When there is no sandbox, or it refuses.
    pub async fn advance(&self, by_ms: i64) -> Result<Timestamp, ControlError> {
        self.turn(&Turn::AdvanceMs(by_ms)).await
    }

    /// Turns the clock forward to a moment.
    ///
    /// # Errors
    /// When there is no sandbox, or it refuses.
    pub async fn set_clock(&self, to: Timestamp) -> Result<Timestamp, ControlError> {
        self.turn(&Turn::Set(to)).await
    }

    /// Edits a record.
    ///
    /// # Errors
    /// When there is no sandbox, or it refuses.
    pub async fn edit(&self, id: &str) -> Result<(), ControlError> {
        let path = format!("records/{id}/edit");
        self.send(self.request(Method::POST, &path)).await.map(drop)
    }

    /// Deletes a record, or makes it vanish.
    ///
    /// # Errors
    /// When there is no sandbox, or it refuses.
    pub async fn delete(&self, id: &str, silent: bool) -> Result<(), ControlError> {
        let request = self.request(Method::DELETE, &format!("records/{id}"));
        self.send(request.query(&Removal { silent })).await.map(drop)
    }

    /// Changes the directory from now on; the extension as it is then, `None` if it is gone, or if it was the
    /// company that changed.
    ///
    /// # Errors
    /// When there is no sandbox, or it refuses.
    pub async fn reorganize(&self, change: &Reorganization) -> Result<Option<Value>, ControlError> {
        self.json(self.request(Method::POST, "directory").json(change)).await
    }

    /// Makes the sandbox forget all that has happened.
    ///
    /// # Errors
    /// When there is no sandbox, or it refuses.
    pub async fn reset(&self) -> Result<(), ControlError> {
        self.send(self.request(Method::POST, "reset")).await.map(drop)
    }

    /// Everything that happens from now on.
    ///
    /// # Errors
    /// When there is no sandbox, or it refuses.
    pub async fn events(&self) -> Result<Events, ControlError> {
        let response = self.send(self.request(Method::GET, "events")).await?;
        Ok(Events { control: self.clone(), response, rest: Vec::new() })
    }

    async fn turn(&self, turn: &Turn) -> Result<Timestamp, ControlError> {
        let reading: Reading = self.json(self.request(Method::POST, "clock").json(turn)).await?;
        Ok(reading.now)
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}/sandbox/v1/{path}", self.server_url);
        let secret = self.client_secret.expose_secret();
        self.http.request(method, url).basic_auth(&self.client_id, Some(secret))
    }

    async fn json<T: for<'a> Deserialize<'a>>(
        &self,
        request: RequestBuilder,
    ) -> Result<T, ControlError> {
        self.send(request).await?.json().await.map_err(|source| self.unreachable(source))
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, ControlError> {
        let response = request.send().await.map_err(|source| self.unreachable(source))?;
        if response.status().is_success() {
            return Ok(response);
        }
        #[derive(Deserialize)]
        struct Refusal {
            message: String,
        }
        let status = response.status();
        let refusal: Option<Refusal> = response.json().await.ok();
        let message = refusal.map_or_else(|| status.to_string(), |refusal| refusal.message);
        Err(ControlError::Refused { message })
    }

    fn unreachable(&self, source: reqwest::Error) -> ControlError {
        // The address is in the message already.
        let source = source.without_url();
        ControlError::Unreachable { server_url: self.server_url.clone(), source }
    }
}

/// What happens in a sandbox, as it happens.
#[derive(Debug)]
pub struct Events {
    control: Control,
    response: Response,
    /// The beginning of a line.
    rest: Vec<u8>,
}

impl Events {
    /// The next event; `None` when the sandbox has stopped. Nothing is lost if it is not waited for to the end.
    ///
    /// # Errors
    /// When the connection broke.
    pub async fn next(&mut self) -> Result<Option<Told>, ControlError> {
        loop {
            if let Some(end) = self.rest.iter().position(|&byte| byte == b'\n') {
                let line: Vec<u8> = self.rest.drain(..=end).collect();
                let unreadable = |_| ControlError::Refused { message: "no event".to_owned() };
                return serde_json::from_slice(&line).map(Some).map_err(unreadable);
            }
            let chunk = self.response.chunk().await;
            match chunk.map_err(|source| self.control.unreachable(source))? {
                Some(chunk) => self.rest.extend_from_slice(&chunk),
                None => return Ok(None),
            }
        }
    }
}
