//! What an app asks a user for.

use axum::response::{IntoResponse, Response};
use url::Url;

use super::redirect::{is_registered, redirect};
use crate::access::AppScope;
use crate::auth::form::Form;
use crate::auth::oauth_error::OAuthError;
use crate::auth::pkce::Challenge;
use crate::auth::token::requested_scopes;
use crate::ports::{App, Apps};

/// An authorization request that can be put before the user.
pub(super) struct AuthorizationRequest {
    pub(super) app: App,
    pub(super) scopes: Vec<AppScope>,
    pub(super) challenge: Option<Challenge>,
    pub(super) redirect_uri: Url,
    state: Option<String>,
}

/// Who is told that a request is no good.
pub(super) enum Refusal {
    /// The browser: it is not certain which app asks, or where it is.
    Here(OAuthError),
    /// The app, by a redirect.
    ToApp(Url),
}

impl<E: Into<OAuthError>> From<E> for Refusal {
    fn from(error: E) -> Self {
        Self::Here(error.into())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::Here(error) => error.into_response(),
            Self::ToApp(uri) => redirect(&uri),
        }
    }
}

impl AuthorizationRequest {
    pub(super) async fn read(apps: &impl Apps, form: &Form) -> Result<Self, Refusal> {
        let app = apps.find(form.require("client_id")?).await?;
        let app = app.ok_or(OAuthError::InvalidRequest("client_id"))?;
        let redirect_uri = redirect_uri(&app, form.get("redirect_uri")?)
            .ok_or(OAuthError::InvalidRequest("redirect_uri"))?;
        let state = form.get("state")?.map(str::to_owned);
        let mut request =
            Self { scopes: app.scopes.clone(), app, challenge: None, redirect_uri, state };
        match request.check(form) {
            Ok(()) => Ok(request),
            Err((error, description)) => Err(Refusal::ToApp(request.error(error, description))),
        }
    }

    /// Reads what the app can be told of if it is wrong.
    fn check(&mut self, form: &Form) -> Result<(), (&'static str, &'static str)> {
        let get = |name| form.get(name).map_err(|_| ("invalid_request", "A repeated parameter"));
        if get("response_type")? != Some("code") {
            return Err(("unsupported_response_type", "Only the response type code is served"));
        }
        if get("prompt")? == Some("none") {
            return Err(("login_required", "The user has to sign in"));
        }
        self.scopes = requested_scopes(form, &self.app.scopes)
            .map_err(|_| ("invalid_scope", "The app does not have a scope that it asks for"))?;
        self.challenge = match (get("code_challenge")?, get("code_challenge_method")?) {
            (Some(challenge), Some("S256")) => {
                let challenge = Challenge::parse(challenge);
                Some(challenge.ok_or(("invalid_request", "code_challenge is no SHA-256"))?)
            }
            // The method `plain`, which is the default, protects from nobody who sees this request.
            (Some(_), _) => {
                return Err(("invalid_request", "code_challenge_method has to be S256"));
            }
            (None, _) if self.app.public => {
                return Err(("invalid_request", "A public app has to send a code_challenge"));
            }
            (None, _) => None,
        };
        Ok(())
    }

    /// The redirect that tells the app of a failure.
    pub(super) fn error(&self, error: &str, description: &str) -> Url {
        self.answer(&[("error", error), ("error_description", description)])
    }

    /// The redirect that gives the app these parameters, and its `state`.
    pub(super) fn answer(&self, parameters: &[(&str, &str)]) -> Url {
        let mut uri = self.redirect_uri.clone();
        uri.query_pairs_mut()
            .extend_pairs(parameters)
            .extend_pairs(self.state.iter().map(|state| ("state", state)));
        uri
    }
}

/// Where the app wants the answer, if it may have it there; the one place that it has, if it does not say.
fn redirect_uri(app: &App, given: Option<&str>) -> Option<Url> {
    let uri = match (given, app.redirect_uris.as_slice()) {
        (Some(given), registered) if is_registered(registered, given) => given,
        (None, [only]) => only,
        _ => return None,
    };
    Url::parse(uri).ok()
}
