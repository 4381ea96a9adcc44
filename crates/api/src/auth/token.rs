//! `POST /restapi/oauth/token`: a personal JWT, an authorization code or a refresh token becomes an
//! access token.

use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{CACHE_CONTROL, PRAGMA};
use axum::response::{IntoResponse, Response};
use callbook_model::ExtensionId;
use serde::Serialize;
use utoipa::ToSchema;

use super::client::{authenticate_client, refuse};
use super::codes::Proof;
use super::form::Form;
use super::oauth_error::OAuthError;
use super::session::AccessGrant;
use super::sessions::{IssuedTokens, Lifetimes};
use crate::access::AppScope;
use crate::guard;
use crate::operation::Operation;
use crate::ports::{App, Apps, LimitKey, Ports};
use crate::reference::About;
use crate::reference::shape::{Sent, shape};
use crate::router::Api;

const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// An access token, and what renews it.
#[derive(Serialize, ToSchema)]
pub(crate) struct TokenInfo {
    /// What requests come with.
    access_token: String,
    /// `bearer`
    token_type: &'static str,
    /// How long it is good, in seconds.
    expires_in: u64,
    /// Gives the next pair, once.
    refresh_token: String,
    /// How long that is good, in seconds.
    refresh_token_expires_in: u64,
    /// The scopes, separated by spaces.
    scope: String,
    /// The user's extension id.
    owner_id: String,
    /// The client's, if it gave one.
    endpoint_id: String,
    /// What both tokens belong to.
    session_id: String,
}

shape! {
    /// The parameters depend on `grant_type`. A public app says its `client_id`, others authenticate by Basic.
    GetTokenRequest {
        /// `urn:ietf:params:oauth:grant-type:jwt-bearer`, `authorization_code` or `refresh_token`.
        required "grant_type": String,
        /// A personal JWT.
        "assertion": String,
        /// A code that the user's consent gave.
        "code": String,
        /// As in the authorization request, if it was there.
        "redirect_uri": String,
        /// What the authorization request had the SHA-256 of.
        "code_verifier": String,
        /// The token to renew.
        "refresh_token": String,
        /// Of a public app.
        "client_id": String,
        /// Scopes, separated by spaces, if not all are wanted.
        "scope": String,
        /// How long the access token is to be good: 600 to 3,600 seconds.
        "access_token_ttl": String,
        /// How long the refresh token is to be good: up to 2,592,000 seconds.
        "refresh_token_ttl": String,
        /// A name for the client's installation.
        "endpoint_id": String,
    }
}

/// What the reference says of it.
pub(crate) fn about_token() -> About {
    About::of(
        "OAuth and OIDC",
        "A personal JWT, a code or a refresh token becomes an access token.",
    )
    .takes_form::<GetTokenRequest>()
    .gives::<Sent<TokenInfo>>("The tokens. A refresh token works once.")
}

/// What a client shows to get tokens.
enum Presented<'a> {
    /// The personal JWT of this user.
    Jwt { user: ExtensionId },
    /// A code that this user consented to.
    Code { code: &'a str, user: ExtensionId },
    /// A refresh token that was issued for this user.
    Refresh { token: &'a str, user: ExtensionId },
}

/// Answers the token endpoint.
pub(crate) async fn token<P: Ports>(
    State(api): State<Api<P>>,
    headers: HeaderMap,
    form: Form,
) -> Response {
    let app = match authenticate_client(api.ports().apps(), &headers, &form).await {
        Ok(app) => app,
        Err(error) => return refuse(&api, &headers, &form, Operation::GetToken, error).await,
    };
    let presented = present(&api, &app, &form).await;
    // Counted per user as well as app, so the user has to be known first; the attempts that show
    // no user share one count for the app.
    let user = presented.as_ref().ok().map(Presented::user);
    let key = LimitKey { app: app.client_id.clone(), user };
    guard::limited(&api, &key, Operation::GetToken.group(), async {
        let answer = match presented {
            Ok(presented) => exchange(&api, &app, &form, &presented).await,
            Err(error) => Err(error),
        };
        answer.unwrap_or_else(IntoResponse::into_response)
    })
    .await
}

impl Presented<'_> {
    fn user(&self) -> ExtensionId {
        match self {
            Self::Jwt { user } | Self::Code { user, .. } | Self::Refresh { user, .. } => *user,
        }
    }
}

/// Finds out whom the client asks for. Nothing is used up yet: a refresh token has to survive a
/// request that the usage plan refuses.
async fn present<'a, P: Ports>(
    api: &Api<P>,
    app: &App,
    form: &'a Form,
) -> Result<Presented<'a>, OAuthError> {
    match form.require("grant_type")? {
        JWT_BEARER => {
            let assertion = form.require("assertion")?.into();
            let user = api.ports().apps().jwt_owner(app, &assertion).await?;
            user.map(|user| Presented::Jwt { user }).ok_or(OAuthError::InvalidAssertion)
        }
        "authorization_code" => {
            let code = form.require("code")?;
            let user = api.sessions().code_owner(code, &app.client_id).await?;
            user.map(|user| Presented::Code { code, user }).ok_or(OAuthError::InvalidCode)
        }
        "refresh_token" => {
            let token = form.require("refresh_token")?;
            let user = api.sessions().refresh_owner(token, &app.client_id).await?;
            let presented = user.map(|user| Presented::Refresh { token, user });
            presented.ok_or(OAuthError::InvalidRefreshToken)
        }
        _ => Err(OAuthError::UnsupportedGrantType),
    }
}

/// Gives tokens for what was presented. All that can be wrong with the form is found before a
/// refresh token is used up.
async fn exchange<P: Ports>(
    api: &Api<P>,
    app: &App,
    form: &Form,
    presented: &Presented<'_>,
) -> Result<Response, OAuthError> {
    let lifetimes = requested_lifetimes(form)?;
    let (sessions, app_id) = (api.sessions(), &app.client_id);
    let (grant, tokens) = match *presented {
        Presented::Jwt { user } => sessions.issue(new_session(app, user, form)?, lifetimes).await?,
        Presented::Code { code, .. } => {
            let proof = Proof {
                app: app_id,
                redirect_uri: form.get("redirect_uri")?,
                verifier: form.get("code_verifier")?,
            };
            let redeemed = sessions.redeem(code, &proof, lifetimes).await?;
            redeemed.ok_or(OAuthError::InvalidCode)?
        }
        Presented::Refresh { token, .. } => {
            let rotated = sessions.rotate(token, app_id, lifetimes, api.refresh_grace()).await?;
            rotated.ok_or(OAuthError::InvalidRefreshToken)?
        }
    };
    let no_store = [(CACHE_CONTROL, "no-store"), (PRAGMA, "no-cache")];
    Ok((no_store, axum::Json(token_info(&grant, lifetimes, tokens))).into_response())
}

fn new_session(app: &App, user: ExtensionId, form: &Form) -> Result<AccessGrant, OAuthError> {
    let mut grant = AccessGrant::new(app, user, requested_scopes(form, &app.scopes)?);
    if let Some(endpoint_id) = form.get("endpoint_id")? {
        endpoint_id.clone_into(&mut grant.endpoint_id);
    }
    Ok(grant)
}

/// The scopes asked for, or all that the app has.
pub(super) fn requested_scopes(
    form: &Form,
    granted: &[AppScope],
) -> Result<Vec<AppScope>, OAuthError> {
    let Some(requested) = form.get("scope")? else { return Ok(granted.to_vec()) };
    let scope = |name: &str| {
        let known = name.parse().ok().filter(|scope| granted.iter().any(|g| g.includes(*scope)));
        known.ok_or(OAuthError::InvalidScope)
    };
    requested.split_whitespace().map(scope).collect()
}

fn token_info(grant: &AccessGrant, lifetimes: Lifetimes, tokens: IssuedTokens) -> TokenInfo {
    let scopes: Vec<&str> = grant.scopes.iter().map(|scope| scope.name()).collect();
    TokenInfo {
        access_token: tokens.access,
        token_type: "bearer",
        expires_in: lifetimes.access.as_secs(),
        refresh_token: tokens.refresh,
        refresh_token_expires_in: lifetimes.refresh.as_secs(),
        scope: scopes.join(" "),
        owner_id: grant.user.to_string(),
        endpoint_id: grant.endpoint_id.clone(),
        session_id: grant.session_id.to_string(),
    }
}

fn requested_lifetimes(form: &Form) -> Result<Lifetimes, OAuthError> {
    let defaults = Lifetimes::default();
    Ok(Lifetimes {
        access: seconds(form, "access_token_ttl", 600..=3_600)?.unwrap_or(defaults.access),
        refresh: seconds(form, "refresh_token_ttl", 1..=2_592_000)?.unwrap_or(defaults.refresh),
    })
}

fn seconds(
    form: &Form,
    name: &'static str,
    allowed: std::ops::RangeInclusive<u64>,
) -> Result<Option<Duration>, OAuthError> {
    let Some(text) = form.get(name)? else { return Ok(None) };
    match text.parse::<i64>().map(u64::try_from) {
        // RingCentral's SDK asks for -1 when it renews a token that was refused: whatever is usual.
        Ok(Err(_)) => Ok(None),
        Ok(Ok(value)) if allowed.contains(&value) => Ok(Some(Duration::from_secs(value))),
        _ => Err(OAuthError::InvalidRequest(name)),
    }
}
