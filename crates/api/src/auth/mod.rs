//! OAuth: who is calling, and the tokens that prove it.

mod authorize;
mod bearer;
mod client;
mod codes;
mod form;
mod memory;
mod oauth_error;
mod pkce;
mod revoke;
mod session;
mod sessions;
mod token;

pub(crate) use authorize::{
    about_show as about_authorize, about_submit as about_authorize_by_form,
    show as show_authorization, submit as submit_authorization,
};
pub(crate) use bearer::authenticate;
pub use memory::MemoryTokens;
pub(crate) use oauth_error::OAuthErrorBody;
pub(crate) use revoke::{about_revoke, revoke};
pub(crate) use session::AccessGrant;
pub(crate) use sessions::{Sessions, TokenError, random_token};
pub(crate) use token::{about_token, token};

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
