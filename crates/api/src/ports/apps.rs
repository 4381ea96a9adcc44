//! Which apps may connect, and for whom.

use std::future::Future;

use callbook_model::ExtensionId;
use secrecy::SecretString;

use super::PortError;
use crate::access::AppScope;

/// A registered app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct App {
    /// The client id.
    pub client_id: String,
    /// What people call it.
    pub name: String,
    /// The scopes it was registered with.
    pub scopes: Vec<AppScope>,
    /// Has no secret, because it could not keep one.
    pub public: bool,
    /// Where users may be sent back to; a loopback address is good with any port.
    pub redirect_uris: Vec<String>,
    /// Gets phone numbers without their last digits.
    pub masks_numbers: bool,
}

/// Which apps may connect, and for whom.
pub trait Apps: Send + Sync + 'static {
    /// The app with this id; nothing is proven by that.
    fn find(&self, client_id: &str) -> impl Future<Output = Result<Option<App>, PortError>> + Send;

    /// The app with this id, if the secret is right, or if none was given and the app is public.
    fn authenticate(
        &self,
        client_id: &str,
        secret: Option<&SecretString>,
    ) -> impl Future<Output = Result<Option<App>, PortError>> + Send;

    /// The user whose personal JWT this is.
    fn jwt_owner(
        &self,
        app: &App,
        assertion: &SecretString,
    ) -> impl Future<Output = Result<Option<ExtensionId>, PortError>> + Send;

    /// The user who signs in with this name and password.
    fn password_owner(
        &self,
        username: &str,
        password: &SecretString,
    ) -> impl Future<Output = Result<Option<ExtensionId>, PortError>> + Send;
}
