//! Signing in with a browser: authorization code, PKCE, a redirect to this machine.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::routing::get;
use callbook_ringcentral::Grant;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use url::{Url, form_urlencoded};

use crate::Error;
use crate::pages::Page;
use crate::secret::{challenge, random};

/// Where the browser comes back to.
const PATH: &str = "/callback";

/// How long a browser may take to fetch its last page.
const PARTING: Duration = Duration::from_secs(2);

/// A sign-in that has begun. `Debug` shows no secret.
#[derive(Debug)]
pub struct SignIn {
    redirect_uri: String,
    state: SecretString,
    verifier: SecretString,
    arrivals: mpsc::Receiver<Arrival>,
    stop: oneshot::Sender<()>,
    server: JoinHandle<()>,
}

/// A browser that has come back, and waits for a page.
#[derive(Debug)]
struct Arrival {
    query: String,
    reply: oneshot::Sender<Page>,
}

/// A user who has signed in and said yes. `Debug` shows no secret.
#[derive(Debug)]
pub struct Arrived {
    code: SecretString,
    redirect_uri: String,
    verifier: SecretString,
    /// The browser that waits; none if the address was brought by hand.
    reply: Option<oneshot::Sender<Page>>,
    stop: oneshot::Sender<()>,
    server: JoinHandle<()>,
}

impl SignIn {
    /// Waits for a browser on 127.0.0.1, at this port or, for 0, at any free one.
    ///
    /// # Errors
    /// When it cannot listen there.
    pub async fn begin(port: u16) -> Result<Self, Error> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let failed = |source| Error::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let port = listener.local_addr().map_err(failed)?.port();
        let (state, verifier) = (random()?, random()?);
        let (arrived, arrivals) = mpsc::channel(1);
        let (stop, stopped) = oneshot::channel();
        let router = Router::new().route(PATH, get(arrive)).with_state(arrived);
        let server = tokio::spawn(async move {
            let stopped = async { drop(stopped.await) };
            let served = axum::serve(listener, router).with_graceful_shutdown(stopped).await;
            if let Err(error) = served {
                tracing::warn!(%error, "no browser can come back any more");
            }
        });
        let redirect_uri = format!("http://127.0.0.1:{port}{PATH}");
        Ok(Self { redirect_uri, state, verifier, arrivals, stop, server })
    }

    /// Where the browser comes back to; has to be among the app's redirect URIs.
    pub fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }

    /// The page on which the user signs in.
    pub fn url(&self, authorize: Url, client_id: &str) -> Url {
        let mut url = authorize;
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", client_id)
            .append_pair("redirect_uri", &self.redirect_uri)
            .append_pair("state", self.state.expose_secret())
            .append_pair("code_challenge", &challenge(self.verifier.expose_secret()))
            .append_pair("code_challenge_method", "S256");
        url
    }

    /// Waits until the browser has come back, or somebody brings the address that it was sent to:
    /// `pasted` are lines. What belongs to another sign-in is refused, and the waiting goes on.
    ///
    /// # Errors
    /// When the user or the server said no, or nobody came within `patience`.
    pub async fn wait(
        mut self,
        mut pasted: mpsc::Receiver<String>,
        patience: Duration,
        mut tell: impl FnMut(&Error),
    ) -> Result<Arrived, Error> {
        let deadline = tokio::time::Instant::now() + patience;
        loop {
            let (query, reply) = tokio::select! {
                Some(Arrival { query, reply }) = self.arrivals.recv() => (query, Some(reply)),
                Some(line) = pasted.recv() => (query_of(&line), None),
                () = tokio::time::sleep_until(deadline) => return Err(Error::TimedOut),
            };
            match self.code(&query) {
                Ok(code) => return Ok(self.arrived(code, reply)),
                Err(error) => {
                    let foreign = matches!(error, Error::Foreign);
                    let page = if foreign { Page::Foreign } else { Page::Refused };
                    let answered = reply.map(|reply| reply.send(page));
                    if !foreign {
                        part(self.stop, self.server).await;
                        return Err(error);
                    }
                    if answered.is_none() {
                        tell(&error);
                    }
                }
            }
        }
    }

    fn arrived(self, code: SecretString, reply: Option<oneshot::Sender<Page>>) -> Arrived {
        let Self { redirect_uri, verifier, stop, server, .. } = self;
        Arrived { code, redirect_uri, verifier, reply, stop, server }
    }

    /// The code in what the browser brought.
    fn code(&self, query: &str) -> Result<SecretString, Error> {
        let get = |name| {
            let mut pairs = form_urlencoded::parse(query.as_bytes());
            pairs.find_map(|(each, value)| (each == name).then(|| value.into_owned()))
        };
        // Whoever does not know the state did not come from our page.
        if get("state").as_deref() != Some(self.state.expose_secret()) {
            return Err(Error::Foreign);
        }
        match (get("code"), get("error_description").or_else(|| get("error"))) {
            (Some(code), None) => Ok(code.into()),
            (_, Some(reason)) => Err(Error::Refused { reason }),
            (None, None) => Err(Error::Refused { reason: "without a reason".to_owned() }),
        }
    }
}

impl Arrived {
    /// What tokens are asked for with.
    pub fn grant(&self) -> Grant<'_> {
        let Self { code, redirect_uri, verifier, .. } = self;
        Grant::Code { code, redirect_uri, verifier }
    }

    /// Shows the browser what came of it.
    pub async fn finish(self, signed_in: bool) {
        let page = if signed_in { Page::SignedIn } else { Page::Refused };
        // The browser may have been closed.
        let _ = self.reply.map(|reply| reply.send(page));
        part(self.stop, self.server).await;
    }
}

/// Lets the browser have its last page.
async fn part(stop: oneshot::Sender<()>, server: JoinHandle<()>) {
    let _ = stop.send(());
    let _ = tokio::time::timeout(PARTING, server).await;
}

/// A pasted address, or only what is behind its question mark.
fn query_of(line: &str) -> String {
    let line = line.trim();
    line.split_once('?').map_or(line, |(_, query)| query).to_owned()
}

async fn arrive(State(arrived): State<mpsc::Sender<Arrival>>, RawQuery(query): RawQuery) -> Page {
    let (reply, page) = oneshot::channel();
    // Whoever comes when all is over has come too late.
    let _ = arrived.send(Arrival { query: query.unwrap_or_default(), reply }).await;
    page.await.unwrap_or(Page::Foreign)
}
