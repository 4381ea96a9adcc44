//! Every operation, connected to what answers it.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodFilter, MethodRouter, get, on};

use crate::analytics;
use crate::auth::{self, Sessions};
use crate::call_log::{self, SyncKey};
use crate::directory::{account, extensions, phone_numbers, queues, sites};
use crate::error::ApiError;
use crate::guard::guard;
use crate::observe::observe;
use crate::operation::Operation;
use crate::ports::{Directory, Ports};
use crate::presence;
use crate::push::{self, Hub, Push, PushOptions};
use crate::recording;
use crate::reference;
use crate::session;
use crate::versions;

/// A token request is a few hundred bytes, and a hundred ids of recordings are not much more.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// What the server is told about itself.
#[derive(Debug, Clone)]
pub struct Config {
    /// What every `uri` begins with, without a trailing slash: `https://calls.example.com`.
    pub server_url: String,
    /// As `server_url`, for recordings' sounds: upstream has another host for them.
    pub media_url: String,
    /// What synchronisation tokens are made with: the same key takes them after a restart.
    pub sync_key: SyncKey,
    /// How long a refresh token may be shown again by whoever never got the answer.
    pub refresh_grace: Duration,
    /// Where events are published that subscribers are told of.
    pub hub: Hub,
    /// How they are told.
    pub push: PushOptions,
}

/// The server's state: cheap to clone, shared by all requests.
pub struct Api<P> {
    shared: Arc<Shared<P>>,
}

struct Shared<P> {
    ports: P,
    config: Config,
    push: Push,
}

impl<P> Clone for Api<P> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

impl<P: Ports> Api<P> {
    /// A server over `ports`.
    #[must_use]
    pub fn new(ports: P, config: Config) -> Self {
        let push = Push::new(config.hub.clone(), config.push);
        Self { shared: Arc::new(Shared { ports, config, push }) }
    }

    /// The ports it was made with.
    #[must_use]
    pub fn ports(&self) -> &P {
        &self.shared.ports
    }

    pub(crate) fn sessions(&self) -> Sessions<'_, P> {
        Sessions(self.ports())
    }

    pub(crate) fn push(&self) -> &Push {
        &self.shared.push
    }

    pub(crate) fn refresh_grace(&self) -> Duration {
        self.shared.config.refresh_grace
    }

    pub(crate) fn server_url(&self) -> &str {
        &self.shared.config.server_url
    }

    pub(crate) fn media_url(&self) -> &str {
        &self.shared.config.media_url
    }

    pub(crate) fn sync_key(&self) -> &SyncKey {
        &self.shared.config.sync_key
    }

    /// Accepts `~` and the account's own id.
    pub(crate) fn check_account(&self, account: &str) -> Result<(), ApiError> {
        let own = self.ports().directory().account_id();
        if account == "~" || account.parse() == Ok(own) {
            return Ok(());
        }
        Err(ApiError::not_found("accountId"))
    }

    /// `/restapi/v1.0/account/{id}`.
    pub(crate) fn account_path(&self) -> String {
        format!("/restapi/v1.0/account/{}", self.ports().directory().account_id())
    }

    /// `{server_url}/restapi/v1.0/account/{id}`, which most uris begin with.
    pub(crate) fn account_url(&self) -> String {
        format!("{}{}", self.server_url(), self.account_path())
    }
}

/// Everything in the [`Operation`] table, ready to be served.
pub fn router<P: Ports>(api: Api<P>) -> Router {
    let mut router = Router::new().route(push::SOCKET_PATH, get(push::connect::<P>));
    for &operation in Operation::ALL {
        let guard = from_fn_with_state((api.clone(), operation), guard::<P>);
        router = router.route(operation.path(), endpoint::<P>(operation).layer(guard));
    }
    router
        .merge(reference::routes(api.server_url()))
        .fallback(async || ApiError::invalid_uri())
        .method_not_allowed_fallback(async || ApiError::method_not_allowed())
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(from_fn_with_state(api.clone(), observe::<P>))
        .with_state(api)
}

/// What answers an operation: exhaustive, so that the table cannot list what nobody serves.
fn endpoint<P: Ports>(operation: Operation) -> MethodRouter<Api<P>> {
    let (get, post, delete) = (MethodFilter::GET, MethodFilter::POST, MethodFilter::DELETE);
    let put = MethodFilter::PUT;
    match operation {
        Operation::Authorize => on(get, auth::show_authorization::<P>),
        Operation::AuthorizeByForm => on(post, auth::submit_authorization::<P>),
        Operation::GetToken => on(post, auth::token::<P>),
        Operation::RevokeToken => on(post, auth::revoke::<P>),
        Operation::ReadApiVersions => on(get, versions::list::<P>),
        Operation::ReadApiVersion => on(get, versions::read::<P>),
        Operation::ReadAccountInfo => on(get, account::read::<P>),
        Operation::ReadCompanyBusinessHours => on(get, account::business_hours::<P>),
        Operation::ListExtensions => on(get, extensions::list::<P>),
        Operation::ReadExtension => on(get, extensions::read::<P>),
        Operation::ListCallQueues => on(get, queues::list::<P>),
        Operation::ReadCallQueueInfo => on(get, queues::read::<P>),
        Operation::ListCallQueueMembers => on(get, queues::members::<P>),
        Operation::ListSites => on(get, sites::list::<P>),
        Operation::ReadUserBusinessHours => on(get, extensions::business_hours::<P>),
        Operation::ListAccountPhoneNumbers => on(get, phone_numbers::of_account::<P>),
        Operation::ListExtensionPhoneNumbers => on(get, phone_numbers::of_extension::<P>),
        Operation::ReadCompanyCallLog => on(get, call_log::list_account::<P>),
        Operation::ReadCompanyCallRecord => on(get, call_log::read_account::<P>),
        Operation::ReadUserCallLog => on(get, call_log::list_extension::<P>),
        Operation::SyncAccountCallLog => on(get, call_log::sync_account::<P>),
        Operation::SyncUserCallLog => on(get, call_log::sync_extension::<P>),
        Operation::ExtractSyncAccountCallLog => on(get, call_log::extract_account::<P>),
        Operation::ListCompanyActiveCalls => on(get, call_log::active_account::<P>),
        Operation::ListExtensionActiveCalls => on(get, call_log::active_extension::<P>),
        Operation::ReadCallRecording => on(get, recording::metadata::<P>),
        Operation::ReadCallRecordingContent => on(get, recording::content::<P>),
        Operation::DeleteCompanyCallRecordings => on(delete, recording::delete::<P>),
        Operation::AuthWsToken => on(post, push::socket_token::<P>),
        Operation::ListSubscriptions => on(get, push::list::<P>),
        Operation::CreateSubscription => on(post, push::create::<P>),
        Operation::ReadSubscription => on(get, push::read::<P>),
        Operation::UpdateSubscription => on(put, push::update::<P>),
        Operation::DeleteSubscription => on(delete, push::delete::<P>),
        Operation::RenewSubscription => on(post, push::renew::<P>),
        Operation::ReadUserCallRecord => on(get, call_log::read_extension::<P>),
        Operation::DeleteUserCallLog => on(delete, call_log::delete::<P>),
        Operation::ReadAccountPresence => on(get, presence::of_account::<P>),
        Operation::ReadCallQueuePresence => on(get, presence::of_queue::<P>),
        Operation::ReadCallSessionStatus => on(get, session::read::<P>),
        Operation::AnalyticsCallsAggregationFetch => on(post, analytics::fetch_aggregation::<P>),
        Operation::AnalyticsCallsTimelineFetch => on(post, analytics::fetch_timeline::<P>),
    }
}
