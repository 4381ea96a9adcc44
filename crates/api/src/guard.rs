//! What stands in front of every operation: token, usage plan, app scope, user permission.
//!
//! All four come from the [`Operation`] table, in this order: an unknown caller cannot use up
//! anybody's rate, and a forbidden request still counts.

use std::future::Future;

use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{RawPathParams, Request, State};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use callbook_model::ExtensionId;

use crate::access::{AppScope, UserPermission};
use crate::auth::{self, AccessGrant};
use crate::error::ApiError;
use crate::limits::{Decision, Quota};
use crate::mask::masked;
use crate::operation::{Authentication, Group, Operation};
use crate::params::Params;
use crate::ports::{Clock, Directory, LimitKey, Limiter, Ports};
use crate::router::Api;

/// The user on whose behalf a request is answered.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) user: ExtensionId,
    permissions: Vec<UserPermission>,
}

impl Caller {
    pub(crate) fn may(&self, permission: UserPermission) -> bool {
        self.permissions.contains(&permission)
    }
}

/// Lets a request through to its handler if the operation's conditions are met.
pub(crate) async fn guard<P: Ports>(
    State((api, operation)): State<(Api<P>, Operation)>,
    path: Result<RawPathParams, RawPathParamsRejection>,
    mut request: Request,
    next: Next,
) -> Response {
    // What is no UTF-8 once it is decoded names nothing.
    if path.is_err() {
        return ApiError::invalid_uri().into_response();
    }
    // The OAuth endpoints find the client in the form, so they check it (and the rate) themselves.
    let params = match operation.authentication() {
        Authentication::Anybody | Authentication::Client => return next.run(request).await,
        Authentication::Bearer => Params::default(),
        Authentication::BearerOrQuery => Params::parse(request.uri().query().unwrap_or_default()),
    };
    // Who asks over a WebSocket has shown who they are; no header can say so.
    let grant = match request.extensions().get::<AccessGrant>() {
        Some(grant) => grant.clone(),
        None => match auth::authenticate(&api.sessions(), request.headers(), &params).await {
            Ok(grant) => grant,
            Err(error) => return error.into_response(),
        },
    };
    let key = LimitKey { app: grant.app.clone(), user: Some(grant.user) };
    limited(&api, &key, operation.group(), async {
        match authorize(&api, operation, &grant).await {
            Ok(caller) => {
                request.extensions_mut().insert(caller);
                request.extensions_mut().insert(grant.clone());
                let response = next.run(request).await;
                if grant.masks_numbers { masked(response).await } else { response }
            }
            Err(error) => error.into_response(),
        }
    })
    .await
}

async fn authorize<P: Ports>(
    api: &Api<P>,
    operation: Operation,
    grant: &AccessGrant,
) -> Result<Caller, ApiError> {
    if let Some(scope) = operation.app_scope().filter(|&scope| !has_scope(grant, scope)) {
        return Err(ApiError::missing_scope(scope));
    }
    let permissions = api.ports().directory().permissions(grant.user).await?;
    let caller = Caller { user: grant.user, permissions };
    match operation.user_permission() {
        Some(permission) if !caller.may(permission) => {
            Err(ApiError::missing_permission(permission))
        }
        _ => Ok(caller),
    }
}

pub(crate) fn has_scope(grant: &AccessGrant, needed: AppScope) -> bool {
    grant.scopes.iter().any(|scope| scope.includes(needed))
}

/// Counts a request against the usage plan, and answers it if the plan allows.
pub(crate) async fn limited<P: Ports>(
    api: &Api<P>,
    key: &LimitKey,
    group: Group,
    answer: impl Future<Output = Response>,
) -> Response {
    let now = api.ports().clock().now();
    match api.ports().limiter().check(key, group, now).await {
        Err(error) => ApiError::from(error).into_response(),
        Ok(None) => answer.await,
        Ok(Some(Decision::Allowed(quota))) => {
            let mut response = answer.await;
            write_quota(response.headers_mut(), group, &quota);
            response
        }
        Ok(Some(Decision::Refused(quota, retry_after))) => {
            let mut response = ApiError::rate_exceeded().into_response();
            write_quota(response.headers_mut(), group, &quota);
            let seconds = retry_after.as_secs_f64().ceil() as u64;
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
            response
        }
    }
}

fn write_quota(headers: &mut HeaderMap, group: Group, quota: &Quota) {
    headers.insert("x-rate-limit-group", HeaderValue::from_static(group.name()));
    headers.insert("x-rate-limit-limit", HeaderValue::from(quota.limit));
    headers.insert("x-rate-limit-remaining", HeaderValue::from(quota.remaining));
    headers.insert("x-rate-limit-window", HeaderValue::from(quota.window.as_secs()));
}
