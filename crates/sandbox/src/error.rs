//! Why a sandbox does not start.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use jiff::Timestamp;

/// Why a sandbox does not start, or stopped. The cause is in `source()`, not in the text.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Something else listens there.
    #[error("port {} is taken: another program listens on {address}", address.port())]
    PortTaken {
        /// Where the sandbox was to listen.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The address cannot be listened on.
    #[error("cannot listen on {address}")]
    Listen {
        /// Where the sandbox was to listen.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The env file was not written; an older one is still as it was.
    #[error("cannot write the credentials to {}", path.display())]
    EnvFile {
        /// Where it was to be.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A company needs some people.
    #[error("{users} users are too few: a company has at least {minimum}")]
    TooFewUsers {
        /// What was asked for.
        users: u32,
        /// What is needed.
        minimum: u32,
    },
    /// There is no time for calls.
    #[error("no call fits between {from} and {until}: the first date has to be the earlier one")]
    EmptyPeriod {
        /// The start of the call log.
        from: Timestamp,
        /// Its end.
        until: Timestamp,
    },
    /// No company of that name meets faults.
    #[error("no company is named {name}")]
    NoSuchAccount {
        /// What was asked for.
        name: String,
    },
    /// The ports end at 65535.
    #[error("there are not enough ports from {first} on")]
    NoPortsLeft {
        /// The first one.
        first: u16,
    },
    /// A panic while the company was made.
    #[error("the synthetic company could not be made")]
    Company(#[source] tokio::task::JoinError),
    /// The listener broke while serving.
    #[error("no more connections can be accepted")]
    Accept(#[source] io::Error),
}
