//! What somebody may hear of.

use std::sync::Arc;

use axum::http::StatusCode;
use callbook_model::{ExtensionId, Scope};

use crate::access::{AppScope, UserPermission};
use crate::auth::AccessGrant;
use crate::error::ApiError;
use crate::guard::{Caller, has_scope};
use crate::ports::{Directory, Ports};
use crate::push::event::Topic;
use crate::push::filter::{EventFilter, FilterError, Wish};
use crate::router::Api;

/// Filters of one subscription.
const MOST: usize = 100;

/// The longest filter.
const MAX_BYTES: usize = 1_024;

/// Reads filters, and refuses what the caller or the app may not hear of.
pub(super) async fn check<P: Ports>(
    api: &Api<P>,
    (caller, grant): (&Caller, &AccessGrant),
    texts: &[String],
) -> Result<Vec<Arc<EventFilter>>, ApiError> {
    if texts.is_empty() || texts.len() > MOST {
        return Err(ApiError::invalid_parameter("eventFilters", &texts.len().to_string()));
    }
    let mut kept: Vec<Arc<EventFilter>> = Vec::with_capacity(texts.len());
    let mut only_reminders = true;
    for text in texts {
        let filter = parse(api, grant, text)?;
        if let Wish::Events { topic, scope, .. } = filter.wish {
            only_reminders = false;
            check_scope(grant, topic)?;
            check_permission(api, caller, topic, scope).await?;
        }
        if !kept.iter().any(|kept| kept.text == filter.text) {
            kept.push(Arc::new(filter));
        }
    }
    if only_reminders {
        let message = "Subscription containing only reminder filter is not allowed";
        return Err(ApiError::new(StatusCode::BAD_REQUEST, "SUB-515", message));
    }
    Ok(kept)
}

/// Filters as they are kept.
pub(super) fn texts(filters: &[Arc<EventFilter>]) -> Vec<String> {
    filters.iter().map(|filter| filter.text.clone()).collect()
}

fn parse<P: Ports>(api: &Api<P>, grant: &AccessGrant, text: &str) -> Result<EventFilter, ApiError> {
    let unknown = || {
        let start: String = text.chars().take(MAX_BYTES).collect();
        ApiError::invalid_parameter("eventFilters", &start)
    };
    if text.len() > MAX_BYTES {
        return Err(unknown());
    }
    let account = api.ports().directory().account_id();
    match EventFilter::parse(text, account, grant.user) {
        // A server that has no such events knows no such filter.
        Ok(filter) if filter.call_log().is_some() && !api.push().options.call_log_changes => {
            Err(unknown())
        }
        Ok(filter) => Ok(filter),
        Err(FilterError::Unknown) => Err(unknown()),
        Err(FilterError::OtherAccount) => {
            let message = "Not allowed subscribe for events to extensions of other account";
            Err(ApiError::new(StatusCode::FORBIDDEN, "SUB-406", message))
        }
    }
}

fn check_scope(grant: &AccessGrant, topic: Topic) -> Result<(), ApiError> {
    let needed = match topic {
        Topic::TelephonySessions => AppScope::CallControl,
        Topic::Presence => AppScope::ReadPresence,
        Topic::CallLog => AppScope::ReadCallLog,
    };
    if has_scope(grant, needed) { Ok(()) } else { Err(ApiError::missing_scope(needed)) }
}

/// Of themselves everybody may hear; of the company, and of others, who may read it.
async fn check_permission<P: Ports>(
    api: &Api<P>,
    caller: &Caller,
    topic: Topic,
    scope: Scope,
) -> Result<(), ApiError> {
    let of_all = match topic {
        Topic::TelephonySessions | Topic::CallLog => UserPermission::FullCompanyCallLog,
        Topic::Presence => UserPermission::ReadPresenceStatus,
    };
    match scope {
        Scope::Extension(extension) if extension == caller.user => match topic {
            Topic::CallLog if !caller.may(UserPermission::ReadCallLog) => {
                Err(ApiError::missing_permission(UserPermission::ReadCallLog))
            }
            _ => Ok(()),
        },
        Scope::Account if caller.may(of_all) => Ok(()),
        Scope::Account => Err(ApiError::missing_permission(of_all)),
        Scope::Extension(_) if !caller.may(of_all) => Err(ApiError::other_extension()),
        Scope::Extension(extension) => check_extension(api, extension).await,
    }
}

async fn check_extension<P: Ports>(api: &Api<P>, id: ExtensionId) -> Result<(), ApiError> {
    if api.ports().directory().extension(id).await?.is_some() {
        return Ok(());
    }
    let message = "Not allowed subscribe for unknown user";
    Err(ApiError::new(StatusCode::FORBIDDEN, "SUB-408", message))
}
