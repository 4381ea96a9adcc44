//! Which app sent a request: Basic authentication, or `client_id` for a public app.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::SecretString;

use super::form::Form;
use super::oauth_error::OAuthError;
use crate::ports::{App, Apps};

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
