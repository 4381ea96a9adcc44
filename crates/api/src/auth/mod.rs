//! OAuth: who is calling, and the tokens that prove it.

mod authorize;
mod bearer;
mod client;
mod codes;
mod form;
mod oauth_error;
mod pkce;
mod revoke;
mod sessions;
mod token;

pub(crate) use authorize::{show as show_authorization, submit as submit_authorization};
pub(crate) use bearer::authenticate;
pub(crate) use codes::Codes;
pub(crate) use revoke::revoke;
pub(crate) use sessions::{AccessGrant, Sessions};
pub(crate) use token::token;

use rand::TryRng;

use crate::ports::{PortError, Random};

/// The operating system's random source.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsRandom;

impl Random for OsRandom {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), PortError> {
        rand::rngs::SysRng.try_fill_bytes(bytes).map_err(|error| PortError(Box::new(error)))
    }
}
