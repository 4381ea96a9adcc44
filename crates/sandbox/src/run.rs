//! A sandbox's life: bind, serve, stop.

use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use axum::middleware::from_fn_with_state;
use callbook_api::{
    Api, Clock, Hub, MemorySubscriptions, MemoryTokens, PlanLimiter, PushOptions, ServeOptions,
    SystemClock,
};
use callbook_synth::{Company, ExtensionKind};
use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::apps::SandboxApps;
use crate::call_log::SandboxCallLog;
use crate::control;
use crate::credentials::{Credentials, sync_key, user_jwt};
use crate::directory::SandboxDirectory;
use crate::env_file;
use crate::error::Error;
use crate::fault::{self, Injector};
use crate::herald;
use crate::journal::SandboxJournal;
use crate::options::Options;
use crate::ports::SandboxPorts;
use crate::recordings::SandboxRecordings;
use crate::telephony::SandboxTelephony;
use crate::world::{Keeping, SandboxClock, Ways, World};

/// A company with an open port. Clients can connect from now on; they are answered by [`run`].
///
/// [`run`]: Sandbox::run
pub struct Sandbox {
    listener: TcpListener,
    server_url: String,
    world: Arc<World>,
    credentials: Credentials,
    api: Api<SandboxPorts>,
    hub: Hub,
    faults: Injector,
}

/// Opens the port, makes the company and writes the env file.
pub async fn bind(options: Options) -> Result<Sandbox, Error> {
    bind_with_clock(options, Arc::new(SystemClock)).await
}

/// As [`bind`], with a clock that tests can turn.
pub async fn bind_with_clock(options: Options, clock: Arc<dyn Clock>) -> Result<Sandbox, Error> {
    options.company.check(clock.now())?;
    let listener = listen(options.listen).await?;
    let address = listener.local_addr();
    let address = address.map_err(|source| Error::Listen { address: options.listen, source })?;
    let server_url = format!("http://{}", reachable(address));
    let media_url = match &options.media_host {
        Some(host) => format!("http://{host}:{}", address.port()),
        None => server_url.clone(),
    };
    let config = options.company.config(server_url.clone(), media_url.clone(), clock.now());
    let making = tokio::task::spawn_blocking(move || Arc::new(Company::new(config)));
    let company = making.await.map_err(Error::Company)?;
    let clock = Arc::new(SandboxClock::new(clock));
    let ways = Ways {
        live_per_minute: options.live_per_minute,
        retention_days: options.retention_days,
        recordings: Keeping { days: options.recording_days, automatic: options.recording_cap },
    };
    let world = Arc::new(World::new(Arc::clone(&company), Arc::clone(&clock), ways));
    let (admin, number) = admin(&company);
    let credentials = Credentials::new(options.company.seed, admin, number);
    if let Some(path) = &options.env_file {
        env_file::write(path, &server_url, &credentials)?;
    }
    let ports = SandboxPorts {
        call_log: SandboxCallLog(Arc::clone(&world)),
        recordings: SandboxRecordings(Arc::clone(&world)),
        directory: SandboxDirectory(Arc::clone(&world)),
        telephony: SandboxTelephony(Arc::clone(&world)),
        apps: SandboxApps { company, credentials: credentials.clone(), scopes: options.scopes },
        clock,
        limiter: PlanLimiter::new(options.plan),
        tokens: MemoryTokens::default(),
        subscriptions: MemorySubscriptions::default(),
        journal: SandboxJournal(Arc::clone(&world)),
    };
    let sync_key = sync_key(options.company.seed);
    let refresh_grace = options.refresh_grace;
    let hub = Hub::default();
    // A sandbox is a developer's, and so is whatever else listens on the machine.
    let push = PushOptions {
        loopback_webhooks: true,
        call_log_changes: options.extensions,
        ..PushOptions::default()
    };
    let config = callbook_api::Config {
        server_url: server_url.clone(),
        media_url,
        sync_key,
        refresh_grace,
        hub: hub.clone(),
        push,
    };
    let api = Api::new(ports, config);
    let faults = Injector::new(options.company.seed, options.faults);
    Ok(Sandbox { listener, server_url, world, credentials, api, hub, faults })
}

impl Sandbox {
    /// Where it is served, without a trailing slash.
    #[must_use]
    pub fn server_url(&self) -> &str {
        &self.server_url
    }

    /// What to connect with.
    #[must_use]
    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// The personal JWT of any user, by extension id.
    #[must_use]
    pub fn user_jwt(&self, extension: u64) -> Option<SecretString> {
        let mut users = self.world.company.extensions().iter();
        let known = users.any(|e| e.id == extension && e.kind == ExtensionKind::User);
        known.then(|| user_jwt(self.world.company.config().seed, extension))
    }

    /// The company that is served.
    #[must_use]
    pub fn company(&self) -> &Arc<Company> {
        &self.world.company
    }

    /// What goes wrong on purpose: to order more of it, and to see what there was.
    #[must_use]
    pub fn faults(&self) -> &Injector {
        &self.faults
    }

    /// Where it is told what happens in calls, while it runs.
    #[must_use]
    pub fn hub(&self) -> &Hub {
        &self.hub
    }

    /// Answers requests until `shutdown` completes.
    pub async fn run(self, shutdown: impl Future<Output = ()>) -> Result<(), Error> {
        // It ends with the server.
        let mut tasks = JoinSet::new();
        tasks.spawn(herald::run(Arc::clone(&self.world), self.hub.clone()));
        let faults = self.faults;
        let delivery = callbook_api::deliver(self.api.clone());
        let strike = from_fn_with_state(faults.clone(), fault::strike);
        let mut router = callbook_api::router(self.api).layer(strike);
        // Who listens on this machine alone is reached from this machine alone.
        if self.listener.local_addr().is_ok_and(|address| address.ip().is_loopback()) {
            let control = control::router(self.world, self.hub, self.credentials, faults.clone());
            router = router.merge(control);
        }
        let shutdown = async {
            shutdown.await;
            faults.stop();
        };
        let serving = callbook_api::serve(self.listener, router, ServeOptions::default(), shutdown);
        tokio::select! {
            served = serving => served.map_err(Error::Accept),
            () = delivery => Ok(()),
        }
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, Error> {
    TcpListener::bind(address).await.map_err(|source| match source.kind() {
        io::ErrorKind::AddrInUse => Error::PortTaken { address, source },
        _ => Error::Listen { address, source },
    })
}

/// "Every interface" is an address to listen on, not one to connect to.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}

/// Id and number of the first extension, which is the first user, an administrator.
fn admin(company: &Company) -> (u64, String) {
    let admin = company.extensions().first();
    let number = admin.and_then(|admin| admin.json["extensionNumber"].as_str());
    (admin.map_or(0, |admin| admin.id), number.unwrap_or_default().to_owned())
}
