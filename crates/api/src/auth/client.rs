//! Which app sent a request: Basic authentication, or `client_id` for a public app.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::SecretString;

use super::form::Form;
use super::oauth_error::OAuthError;
use crate::guard;
use crate::operation::Operation;
use crate::ports::{App, Apps, LimitKey, Ports};
use crate::router::Api;

/// The answer to a client that is not who it says: counted for the app that it claims to be, so that secrets
/// cannot be tried out faster than people sign in. Apps that do not exist share one count.
pub(super) async fn refuse<P: Ports>(
    api: &Api<P>,
    headers: &HeaderMap,
    form: &Form,
    operation: Operation,
    error: OAuthError,
) -> Response {
    let basic = basic_credentials(headers).ok().flatten().map(|(id, _)| id);
    let claimed = basic.or_else(|| Some(form.get("client_id").ok()??.to_owned()));
    let app = known(api.ports().apps(), claimed.as_deref()).await;
    let key = LimitKey { app, user: None };
    guard::limited(api, &key, operation.group(), async { error.into_response() }).await
}

/// An app's id, or nothing if there is no such app.
pub(super) async fn known(apps: &impl Apps, claimed: Option<&str>) -> String {
    let found = match claimed {
        Some(id) => apps.find(id).await.ok().flatten(),
        None => None,
    };
    found.map(|app| app.client_id).unwrap_or_default()
}

/// The app that sent the request.
pub(super) async fn authenticate_client(
    apps: &impl Apps,
    headers: &HeaderMap,
    form: &Form,
) -> Result<App, OAuthError> {
    let app = match basic_credentials(headers)? {
        Some((id, secret)) => apps.authenticate(&id, Some(&secret)).await?,
        None => match form.get("client_id")? {
            Some(id) => apps.authenticate(id, None).await?,
            None => None,
        },
    };
    app.ok_or(OAuthError::InvalidClient)
}

fn basic_credentials(headers: &HeaderMap) -> Result<Option<(String, SecretString)>, OAuthError> {
    let Some(value) = headers.get(AUTHORIZATION) else { return Ok(None) };
    let decoded = value.to_str().ok().and_then(decode_basic);
    decoded.map(Some).ok_or(OAuthError::InvalidHeader)
}

fn decode_basic(value: &str) -> Option<(String, SecretString)> {
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some((id.to_owned(), secret.into()))
}
