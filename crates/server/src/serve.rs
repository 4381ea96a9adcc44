//! A service's life: an account of an archive behind an open port, until it is told to stop.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use callbook_api::{
    Analytics, Api, Config, Hub, OsRandom, Plan, PortError, PushOptions, Random as _, ServeOptions,
    SyncKey, deliver,
};
use callbook_recordings::Place;
use callbook_store::{Account, Store};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::apps::ArchiveApps;
use crate::limiter::ArchiveLimiter;
use crate::tokens::ArchiveTokens;
use crate::{
    Addresses, Archive, ArchiveCallLog, ArchiveDirectory, ArchiveJournal, ArchivePorts,
    ArchiveRecordings, ArchiveSubscriptions, failed, shell,
};

/// How long an answer to a refresh can be asked for again that was lost on the way.
const REFRESH_GRACE: Duration = Duration::from_secs(60);

/// What the archive keeps the key of synchronisation tokens under.
const SYNC_KEY: &str = "serve sync key";

/// What is served, and how.
#[derive(Debug, Clone)]
pub struct Serving<N> {
    /// The archive.
    pub store: Store,
    /// Which of its accounts.
    pub account: Account,
    /// Where its recordings are kept, if anywhere.
    pub recordings: Option<Place>,
    /// Where clients reach the server.
    pub addresses: Addresses,
    /// How fast they may ask.
    pub plan: Plan,
    /// How they are notified.
    pub push: PushOptions,
    /// Figures about its calls.
    pub analytics: N,
}

impl<N: Analytics> Serving<N> {
    /// Answers whoever connects until `shutdown` completes.
    ///
    /// # Errors
    /// When the archive cannot be read, or the listener is broken.
    pub async fn run(
        self,
        listener: TcpListener,
        options: ServeOptions,
        shutdown: impl Future<Output = ()>,
    ) -> io::Result<()> {
        let (stop, mut stopped) = watch::channel(());
        let key = self.account.key;
        let limiter = Arc::new(ArchiveLimiter::new(self.store.clone(), key, self.plan));
        let router = self.router(&limiter, &options).await.map_err(io::Error::other)?;
        // An error means that nobody is left to say stop.
        let counting = limiter.keep(async move { drop(stopped.changed().await) });
        let serving = async {
            let ended = callbook_api::serve(listener, router, options, shutdown).await;
            drop(stop);
            ended
        };
        tokio::join!(serving, counting).0
    }

    async fn router(
        self,
        limiter: &Arc<ArchiveLimiter>,
        options: &ServeOptions,
    ) -> Result<Router, PortError> {
        let Self { store, account, recordings, addresses, push, analytics, .. } = self;
        let sync_key = SyncKey::new(sync_key(&store).await?);
        let (server_url, media_url) = (addresses.server_url.clone(), addresses.media_url.clone());
        let refresh_grace = REFRESH_GRACE;
        let config =
            Config { server_url, media_url, sync_key, refresh_grace, hub: Hub::default(), push };
        let archive = Archive::new(store.clone(), account.clone(), addresses);
        let ports = ArchivePorts {
            call_log: ArchiveCallLog(archive.clone()),
            recordings: ArchiveRecordings { archive: archive.clone(), place: recordings },
            directory: ArchiveDirectory(archive.clone()),
            apps: ArchiveApps::new(store.clone(), account.key, Arc::clone(limiter))?,
            tokens: ArchiveTokens::new(store.clone(), account.key),
            limiter: Arc::clone(limiter),
            subscriptions: ArchiveSubscriptions::new(store.clone(), account.key),
            journal: ArchiveJournal(archive),
            analytics,
        };
        let api = Api::new(ports, config);
        tokio::spawn(deliver(api.clone()));
        let open = Arc::clone(&options.open_connections);
        Ok(shell(callbook_api::router(api), store, open))
    }
}

/// The key of synchronisation tokens: made once, and kept in the archive, so that every process takes every other's.
async fn sync_key(store: &Store) -> Result<[u8; 32], PortError> {
    let mut fresh = [0; 32];
    OsRandom.fill(&mut fresh)?;
    let keep = move |known: Option<String>| {
        let key = known.and_then(|known| serde_json::from_str(&known).ok()).unwrap_or(fresh);
        (serde_json::to_string(&key).ok(), key)
    };
    store.update_value(SYNC_KEY, keep).await.map_err(failed)
}
