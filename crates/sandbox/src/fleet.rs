//! Many companies in one process: what a service provider has.

use std::future::Future;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::error::Error;
use crate::options::Options;
use crate::run::{Sandbox, bind};

/// One of several companies.
pub struct Member {
    /// `company-001` and so on: also the name of its env file.
    pub name: String,
    /// The company, ready to be served.
    pub sandbox: Sandbox,
}

/// Which of several companies meet faults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultAccounts {
    /// The first so many.
    First(u32),
    /// Those of these names.
    Named(Vec<String>),
}

impl FaultAccounts {
    fn include(&self, place: u32, name: &str) -> bool {
        match self {
            Self::First(count) => place < *count,
            Self::Named(names) => names.iter().any(|each| each == name),
        }
    }
}

impl FromStr for FaultAccounts {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let names = || text.split(',').map(|name| name.trim().to_owned()).collect();
        Ok(text.parse().map_or_else(|_| Self::Named(names()), Self::First))
    }
}

/// Makes `accounts` companies of one seed after the other, each on a port of its own: of port 0 any, otherwise
/// of one port after the other. Their env files go to `env_dir`, which is made if it is not there. The faults of
/// `options` befall the accounts named by `faulty`, or all.
///
/// # Errors
/// As [`bind`]; and when a name in `faulty` is of no company.
pub async fn bind_fleet(
    options: &Options,
    accounts: u32,
    env_dir: &Path,
    faulty: Option<&FaultAccounts>,
) -> Result<Vec<Member>, Error> {
    make_private(env_dir)?;
    let names: Vec<_> = (1..=accounts).map(|number| format!("company-{number:03}")).collect();
    if let Some(FaultAccounts::Named(wanted)) = faulty
        && let Some(unknown) = wanted.iter().find(|name| !names.contains(name))
    {
        return Err(Error::NoSuchAccount { name: unknown.clone() });
    }
    let mut members = Vec::with_capacity(names.len());
    for (name, place) in names.into_iter().zip(0..) {
        let mut options = options.clone();
        options.listen = nth(options.listen, place)?;
        options.company.seed = options.company.seed.wrapping_add(u64::from(place));
        options.env_file = Some(env_dir.join(&name).with_extension("env"));
        if faulty.is_some_and(|faulty| !faulty.include(place, &name)) {
            options.faults.clear();
        }
        members.push(Member { name, sandbox: bind(options).await? });
    }
    Ok(members)
}

/// Serves them all until `shutdown` completes or one of them fails.
///
/// # Errors
/// As [`Sandbox::run`].
pub async fn run_fleet(
    members: Vec<Member>,
    shutdown: impl Future<Output = ()>,
) -> Result<(), Error> {
    let (stop, stopped) = watch::channel(());
    let mut serving = JoinSet::new();
    for Member { sandbox, .. } in members {
        let mut stopped = stopped.clone();
        // An error means that nobody is left to say stop.
        serving.spawn(sandbox.run(async move { drop(stopped.changed().await) }));
    }
    tokio::select! {
        () = shutdown => {}
        Some(ended) = serving.join_next() => ended.map_err(Error::Company)??,
    }
    drop(stop);
    while let Some(ended) = serving.join_next().await {
        ended.map_err(Error::Company)??;
    }
    Ok(())
}

fn nth(first: SocketAddr, place: u32) -> Result<SocketAddr, Error> {
    if first.port() == 0 {
        return Ok(first);
    }
    let port = u32::from(first.port()).checked_add(place).and_then(|port| port.try_into().ok());
    let port = port.ok_or(Error::NoPortsLeft { first: first.port() })?;
    Ok(SocketAddr::new(first.ip(), port))
}

/// The files inside are credentials.
fn make_private(folder: &Path) -> Result<(), Error> {
    let made = callbook_files::make_folder(folder);
    made.map_err(|source| Error::EnvFile { path: PathBuf::from(folder), source })
}
