//! `GET` and `POST /restapi/oauth/authorize`: a user signs in and lets an app act for them.
//!
//! Without cookies: the form brings the whole request along, and name and password each time.

mod page;
mod redirect;
mod request;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use self::page::Page;
use self::redirect::redirect;
use self::request::AuthorizationRequest;
use super::client::known;
use super::codes::{self, Consent};
use super::form::Form;
use super::oauth_error::OAuthError;
use super::session::AccessGrant;
use crate::guard;
use crate::operation::Operation;
use crate::params::{Described, Param};
use crate::ports::{Apps, LimitKey, Ports};
use crate::reference::About;
use crate::reference::shape::shape;
use crate::router::Api;

const PARAMETERS: &[&dyn Described] = &[
    &Param::text("response_type", "`code`").example("code"),
    &Param::text("client_id", "The app.").example("$RC_APP_CLIENT_ID"),
    &Param::text("redirect_uri", "Where to send the user back to, as it was registered."),
    &Param::text("state", "Comes back with the answer."),
    &Param::text("scope", "Scopes, separated by spaces, if not all are wanted."),
    &Param::text(
        "code_challenge",
        "The SHA-256 of the verifier in base64url; public apps need it.",
    ),
    &Param::text("code_challenge_method", "`S256`"),
    &Param::text("prompt", "With `none` nobody is asked, and the answer is `login_required`."),
];

shape! {
    /// An authorization request, and what the user entered.
    AuthorizeRequest {
        /// `code`
        required "response_type": String,
        /// The app.
        required "client_id": String,
        /// Where to send the user back to, as it was registered.
        "redirect_uri": String,
        /// Comes back with the answer.
        "state": String,
        /// Scopes, separated by spaces, if not all are wanted.
        "scope": String,
        /// The SHA-256 of the verifier in base64url; public apps need it.
        "code_challenge": String,
        /// `S256`
        "code_challenge_method": String,
        /// Who signs in.
        "username": String,
        /// The user's password.
        "password": String,
        /// `allow` or `deny`; without it the page is shown.
        "decision": String,
    }
}

/// What the reference says of the page.
pub(crate) fn about_show() -> About {
    About::of("OAuth and OIDC", "A page for the user's browser; no program reads it.")
        .takes(PARAMETERS)
        .in_oauth()
        .answers_media(200, "The page on which the user signs in and consents.", &["text/html"])
        .redirects("To the app, with an error in the query.")
}

/// What the reference says of the form.
pub(crate) fn about_submit() -> About {
    About::of("OAuth and OIDC", "What the page sends.")
        .takes_form::<AuthorizeRequest>()
        .answers_media(200, "The page on which the user signs in and consents.", &["text/html"])
        .redirects("To the app, with a code or an error in the query.")
        .answers_media(403, "The page again: wrong name or password.", &["text/html"])
}

/// Shows the page; the parameters are in the query. Whatever else a link has in it, it signs nobody in.
pub(crate) async fn show<P: Ports>(
    State(api): State<Api<P>>,
    RawQuery(query): RawQuery,
) -> Response {
    let form = Form::of_query(query.as_deref().unwrap_or_default());
    match AuthorizationRequest::read(api.ports().apps(), &form).await {
        Ok(request) => {
            Page { request: &request, form: &form, username: "" }.answer(StatusCode::OK, None)
        }
        Err(refusal) => refusal.into_response(),
    }
}

/// Takes what the user entered in the page, or shows it to whoever sends the parameters in a form.
pub(crate) async fn submit<P: Ports>(State(api): State<Api<P>>, form: Form) -> Response {
    // As long as nobody has signed in, requests are counted for the app alone: guesses of passwords too.
    let app = known(api.ports().apps(), form.get("client_id").ok().flatten()).await;
    let key = LimitKey { app, user: None };
    guard::limited(&api, &key, Operation::AuthorizeByForm.group(), async {
        match AuthorizationRequest::read(api.ports().apps(), &form).await {
            Ok(request) => {
                decide(&api, &form, &request).await.unwrap_or_else(IntoResponse::into_response)
            }
            Err(refusal) => refusal.into_response(),
        }
    })
    .await
}

async fn decide<P: Ports>(
    api: &Api<P>,
    form: &Form,
    request: &AuthorizationRequest,
) -> Result<Response, OAuthError> {
    let page = Page { request, form, username: form.get("username")?.unwrap_or_default() };
    match form.get("decision")? {
        Some("deny") => Ok(redirect(&request.error("access_denied", "The user said no"))),
        Some("allow") => {
            let password = form.get("password")?.unwrap_or_default().into();
            let user = api.ports().apps().password_owner(page.username, &password).await?;
            let Some(user) = user else {
                return Ok(page.answer(StatusCode::FORBIDDEN, Some("Wrong name or password")));
            };
            let grant = AccessGrant::new(&request.app, user, request.scopes.clone());
            let consent = Consent {
                redirect_uri: form.get("redirect_uri")?.map(str::to_owned),
                challenge: request.challenge.clone(),
            };
            let code = api.sessions().offer(grant, consent).await?;
            let lifetime = codes::LIFETIME.as_secs().to_string();
            Ok(redirect(&request.answer(&[("code", &code), ("expires_in", &lifetime)])))
        }
        _ => Ok(page.answer(StatusCode::OK, None)),
    }
}
