//! The HTTP client of all webhooks.

use std::collections::HashSet;
use std::error::Error as _;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use callbook_network::{Lookup, PublicResolver};
use reqwest::header::CONTENT_TYPE;
use reqwest::redirect::Policy;
use reqwest::tls::Version;
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::address::check_address;
use crate::ports::PortError;

/// How long a receiver may take for its answer.
const TIMEOUT: Duration = Duration::from_millis(3_000);

/// Connections to one receiver that are kept for the next notification.
const IDLE_CONNECTIONS: usize = 1;

/// The header of a question, and of the answer to it.
pub(super) const VALIDATION_TOKEN: &str = "validation-token";

/// The header that a receiver knows us by.
const VERIFICATION_TOKEN: &str = "verification-token";

/// Sends to addresses that others choose: into the Internet alone, and never on to where it is redirected.
#[derive(Debug)]
pub(in crate::push) struct Sender {
    loopback: bool,
    lookup: Lookup,
    http: OnceLock<Client>,
}

/// Why a receiver did not take what it was sent.
#[derive(Debug)]
pub(in crate::push) enum Failure {
    /// The address is none that may be sent to, leads nowhere, or nobody answers there.
    Unreachable,
    /// No answer in time.
    TimedOut,
    /// The connection broke.
    Broken,
    /// Another status than 2xx.
    Status(StatusCode),
    /// Not the receiver's fault.
    Internal(PortError),
}

impl Sender {
    pub(in crate::push) fn new(loopback: bool, lookup: Lookup) -> Self {
        Self { loopback, lookup, http: OnceLock::new() }
    }

    /// Asks whether an address takes notifications.
    pub(super) async fn ask(
        &self,
        address: &str,
        question: &str,
        token: Option<&SecretString>,
    ) -> Result<Response, Failure> {
        let request = self.post(address, token)?.header(VALIDATION_TOKEN, question);
        request
            .header(CONTENT_TYPE, "application/json")
            .send()
            .await
            .map_err(|error| Failure::of(&error))
    }

    /// Sends a notification.
    pub(super) async fn deliver(
        &self,
        address: &str,
        token: Option<&SecretString>,
        body: String,
    ) -> Result<(), Failure> {
        let request = self.post(address, token)?.header(CONTENT_TYPE, "application/json");
        let response = request.body(body).send().await.map_err(|error| Failure::of(&error))?;
        let status = response.status();
        if status.is_success() { Ok(()) } else { Err(Failure::Status(status)) }
    }

    fn post(&self, address: &str, token: Option<&SecretString>) -> Result<RequestBuilder, Failure> {
        // Addresses that are numbers are not looked up, so that they have to be looked at here.
        let url: Url = check_address(address, self.loopback).ok_or(Failure::Unreachable)?;
        let request = self.http().map_err(Failure::Internal)?.post(url);
        Ok(match token {
            Some(token) => request.header(VERIFICATION_TOKEN, token.expose_secret()),
            None => request,
        })
    }

    /// Made when it is first needed: it reads the machine's certificates.
    fn http(&self) -> Result<&Client, PortError> {
        if let Some(http) = self.http.get() {
            return Ok(http);
        }
        let (loopback, lookup) = (self.loopback, self.lookup.clone());
        let resolver = PublicResolver { trusted: HashSet::new(), loopback, lookup };
        let http = Client::builder()
            .dns_resolver(Arc::new(resolver))
            // A proxy would look names up itself.
            .no_proxy()
            .redirect(Policy::none())
            .https_only(!loopback)
            .min_tls_version(Version::TLS_1_2)
            .timeout(TIMEOUT)
            .pool_max_idle_per_host(IDLE_CONNECTIONS)
            .no_gzip()
            .user_agent(concat!("Callbook/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| PortError(Box::new(error)))?;
        Ok(self.http.get_or_init(|| http))
    }
}

impl Failure {
    /// What went wrong, without what a private network may have said.
    pub(super) fn of(error: &reqwest::Error) -> Self {
        tracing::debug!(error = error.source(), "a webhook failed");
        match () {
            () if error.is_timeout() => Self::TimedOut,
            () if error.is_connect() => Self::Unreachable,
            () => Self::Broken,
        }
    }

    /// As `blacklistedData` says it.
    pub(super) fn reason(&self) -> String {
        match self {
            Self::Unreachable => "I/O operation is failed. Details: [Connection failed]".to_owned(),
            Self::TimedOut => "I/O operation is failed. Details: [Read timed out]".to_owned(),
            Self::Broken => "I/O operation is failed. Details: [Connection reset]".to_owned(),
            Self::Status(status) => {
                let reason = status.canonical_reason().unwrap_or_default();
                format!("Webhook responses with code: [{}], reason: [{reason}]", status.as_u16())
            }
            Self::Internal(_) => "Internal Server Error".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests;
