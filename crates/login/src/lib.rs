//! A person's logins: signing in with a browser, and files that keep what came of it.
//!
//! [`SignIn`] is the authorization code flow of OAuth with PKCE (RFC 7636) and a redirect to this machine
//! (RFC 8252). [`Logins`] is the folder that tokens are kept in, a file each.

mod crash;
mod error;
mod file;
mod folder;
mod pages;
mod seal;
mod secret;
mod sign_in;

pub use error::Error;
pub use file::LoginFile;
pub use folder::Logins;
pub use sign_in::{Arrived, SignIn};
