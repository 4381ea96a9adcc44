//! What can go wrong with logins on this machine.

use std::io;
use std::path::PathBuf;

/// A login that cannot be made, read or kept. Says nothing that is secret.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file cannot be used.
    #[error("cannot {what} {}", path.display())]
    File {
        /// `read`, `write`, …
        what: &'static str,
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The environment does not say where this person's files belong.
    #[error("there is no home folder to keep a login in")]
    NoHome,
    /// The system has no randomness.
    #[error("the system gives no random numbers")]
    Random(#[source] rand::rngs::SysError),
    /// No port to wait for the browser at.
    #[error("cannot listen on {address}")]
    Listen {
        /// Where.
        address: std::net::SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The user, or the server, said no in the browser.
    #[error("the sign-in was refused: {reason}")]
    Refused {
        /// The server's own words.
        reason: String,
    },
    /// Not the address that the browser was sent to.
    #[error("that is not the address of this sign-in's last page")]
    Foreign,
    /// Nobody finished signing in.
    #[error("nobody has signed in")]
    TimedOut,
    /// This program has no way to the system's keyring.
    #[error("this callbook was built without the system's keyring")]
    NoKeyring,
    /// The system's keyring is not there, is locked, or refuses.
    #[cfg(feature = "keyring")]
    #[error("the system's keyring does not answer")]
    Keyring(#[source] keyring::Error),
    /// Sealed with another key, or damaged.
    #[error("the stored login cannot be opened with the key in the system's keyring")]
    Sealed,
}
