//! The accept loop.
//!
//! `axum::serve` would do, but it gives a client for ever to send its headers. Here every connection
//! has a deadline for them, the number of connections is limited, and a shutdown lets the answers
//! that are under way go out.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::{BoxError, Router};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Limits of the connections, none of which a well-behaved client notices.
#[derive(Debug, Clone)]
pub struct ServeOptions {
    /// How long a client may take to send the headers of a request, or stay silent between two.
    pub header_timeout: Duration,
    /// Connections at one time; further ones wait to be accepted.
    pub max_connections: usize,
    /// The largest head of a request, in bytes: a batch of 50 ids has to fit.
    pub max_header_bytes: usize,
    /// How long a shutdown waits for answers that are under way.
    pub drain_timeout: Duration,
    /// How many connections are open, for whoever wants to know.
    pub open_connections: Arc<AtomicUsize>,
}

impl Default for ServeOptions {
    fn default() -> Self {
        Self {
            header_timeout: Duration::from_secs(30),
            max_connections: 1_024,
            max_header_bytes: 32 * 1024,
            drain_timeout: Duration::from_secs(10),
            open_connections: Arc::default(),
        }
    }
}

/// Pause after a failed accept: most such failures are a lack of file descriptors, which passes.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Failures in a row after which the listener is taken to be broken.
const MAX_ACCEPT_FAILURES: u32 = 200;

/// Serves `router` until `shutdown` completes, or until the listener is broken.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    options: ServeOptions,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let graceful = GracefulShutdown::new();
    let ended = tokio::select! {
        () = shutdown => Ok(()),
        error = accept_all(&listener, &router, &options, &graceful) => Err(error),
    };
    drop(listener);
    if tokio::time::timeout(options.drain_timeout, graceful.shutdown()).await.is_err() {
        tracing::warn!("some answers were cut off by the shutdown");
    }
    ended
}

/// Never returns while connections can be accepted.
async fn accept_all(
    listener: &TcpListener,
    router: &Router,
    options: &ServeOptions,
    graceful: &GracefulShutdown,
) -> io::Error {
    let places = Arc::new(Semaphore::new(options.max_connections));
    let builder = builder(options);
    let mut failures = 0;
    loop {
        match accept(listener, &places).await {
            Ok((stream, place)) => {
                failures = 0;
                let place = Place::new(place, &options.open_connections);
                let service = TowerToHyperService::new(router.clone());
                let connection =
                    builder.serve_connection_with_upgrades(TokioIo::new(stream), service);
                spawn(graceful.watch(connection.into_owned()), place);
            }
            Err(error) if failures == MAX_ACCEPT_FAILURES => return error,
            Err(error) => {
                failures += 1;
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// A connection's place among those that are open.
struct Place {
    open: Arc<AtomicUsize>,
    _permit: OwnedSemaphorePermit,
}

impl Place {
    fn new(permit: OwnedSemaphorePermit, open: &Arc<AtomicUsize>) -> Self {
        open.fetch_add(1, Ordering::Relaxed);
        Self { open: Arc::clone(open), _permit: permit }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.open.fetch_sub(1, Ordering::Relaxed);
    }
}

fn spawn(connection: impl Future<Output = Result<(), BoxError>> + Send + 'static, place: Place) {
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "connection ended");
        }
        drop(place);
    });
}

/// HTTP/1.1, from which a connection can become a WebSocket: then it is not waited for any more.
fn builder(options: &ServeOptions) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new()).http1_only();
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(options.header_timeout)
        .max_buf_size(options.max_header_bytes);
    builder
}

async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> io::Result<(TcpStream, OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.map_err(io::Error::other)?;
    let (stream, _) = listener.accept().await?;
    // Answers are written whole, so waiting to fill a segment only adds delay.
    stream.set_nodelay(true)?;
    Ok((stream, place))
}
