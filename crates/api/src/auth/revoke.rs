//! `POST /restapi/oauth/revoke`: ends the session that a token belongs to (RFC 7009).

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::client::{authenticate_client, refuse};
use super::form::Form;
use super::oauth_error::OAuthError;
use crate::guard;
use crate::operation::Operation;
use crate::ports::{App, LimitKey, Ports};
use crate::reference::About;
use crate::reference::shape::shape;
use crate::router::Api;

shape! {
    /// A public app says its `client_id`, others authenticate by Basic.
    RevokeTokenRequest {
        /// An access or refresh token; it may be in the query instead.
        required "token": String,
        /// Of a public app.
        "client_id": String,
    }
}

/// What the reference says of it.
pub(crate) fn about_revoke() -> About {
    About::of(
        "OAuth and OIDC",
        "Ends the session that a token belongs to; to revoke an unknown one succeeds too.",
    )
    .takes_form::<RevokeTokenRequest>()
    .answers_nothing(200, "The session is over.")
}

/// Answers the revocation endpoint.
pub(crate) async fn revoke<P: Ports>(
    State(api): State<Api<P>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    form: Form,
) -> Response {
    let app = match authenticate_client(api.ports().apps(), &headers, &form).await {
        Ok(app) => app,
        Err(error) => return refuse(&api, &headers, &form, Operation::RevokeToken, error).await,
    };
    let key = LimitKey { app: app.client_id.clone(), user: None };
    guard::limited(&api, &key, Operation::RevokeToken.group(), async {
        match end_session(&api, &app, &form, query.as_deref()).await {
            Ok(()) => StatusCode::OK.into_response(),
            Err(error) => error.into_response(),
        }
    })
    .await
}

/// A token that does not exist is as good as revoked: RFC 7009 wants the same answer for both.
async fn end_session<P: Ports>(
    api: &Api<P>,
    app: &App,
    form: &Form,
    query: Option<&str>,
) -> Result<(), OAuthError> {
    let in_query = || {
        let mut pairs = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        pairs.find(|(name, _)| name == "token").map(|(_, value)| value.into_owned())
    };
    let token = form.get("token")?.map(str::to_owned).or_else(in_query);
    let token = token.ok_or(OAuthError::InvalidRequest("token"))?;
    if let Some(session) = api.sessions().revoke(&token, &app.client_id).await? {
        api.push().sign_out(session);
    }
    Ok(())
}
