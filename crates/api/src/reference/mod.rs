//! The reference: an OpenAPI document of everything that is served, and a page to read it on.
//!
//! Each endpoint's file says what it takes and answers ([`About`]); the rest follows from the table of operations.

mod about;
mod answers;
mod document;
mod page;
mod paths;
mod route;
pub(crate) mod shape;

pub(crate) use about::About;
pub(crate) use route::routes;

use crate::directory::{account, extensions, phone_numbers, queues, sites};
use crate::operation::Operation;
use crate::{analytics, auth, call_log, presence, push, recording, session, versions};

/// The OpenAPI document, as JSON text, of a server that is reached at `server_url`.
#[must_use]
pub fn openapi_json(server_url: &str) -> String {
    format!("{:#}\n", document::document(server_url))
}

/// What an operation's file says of it: exhaustive, so that nothing is served without it.
fn about(operation: Operation) -> About {
    match operation {
        Operation::Authorize => auth::about_authorize(),
        Operation::AuthorizeByForm => auth::about_authorize_by_form(),
        Operation::GetToken => auth::about_token(),
        Operation::RevokeToken => auth::about_revoke(),
        Operation::ReadApiVersions => versions::about_list(),
        Operation::ReadApiVersion => versions::about_read(),
        Operation::ReadAccountInfo => account::about_read(),
        Operation::ReadCompanyBusinessHours => account::about_business_hours(),
        Operation::ListExtensions => extensions::about_list(),
        Operation::ReadExtension => extensions::about_read(),
        Operation::ListCallQueues => queues::about_list(),
        Operation::ReadCallQueueInfo => queues::about_read(),
        Operation::ListCallQueueMembers => queues::about_members(),
        Operation::ListSites => sites::about(),
        Operation::ReadUserBusinessHours => extensions::about_business_hours(),
        Operation::ListAccountPhoneNumbers | Operation::ListExtensionPhoneNumbers => {
            phone_numbers::about()
        }
        Operation::ReadCompanyCallLog => call_log::about_account_list(),
        Operation::ReadUserCallLog => call_log::about_extension_list(),
        Operation::ReadCompanyCallRecord | Operation::ReadUserCallRecord => {
            call_log::about_record()
        }
        Operation::SyncAccountCallLog | Operation::SyncUserCallLog => call_log::about_sync(),
        Operation::ExtractSyncAccountCallLog => call_log::about_extract(),
        Operation::ListCompanyActiveCalls | Operation::ListExtensionActiveCalls => {
            call_log::about_active()
        }
        Operation::ReadCallRecording => recording::about_metadata(),
        Operation::ReadCallRecordingContent => recording::about_content(),
        Operation::DeleteCompanyCallRecordings => recording::about_delete(),
        Operation::DeleteUserCallLog => call_log::about_delete(),
        Operation::ReadAccountPresence => presence::about_account(),
        Operation::ReadCallQueuePresence => presence::about_queue(),
        Operation::ReadCallSessionStatus => session::about(),
        Operation::AnalyticsCallsAggregationFetch => analytics::about_aggregation(),
        Operation::AnalyticsCallsTimelineFetch => analytics::about_timeline(),
        Operation::AuthWsToken => push::about_token(),
        Operation::ListSubscriptions => push::about_list(),
        Operation::CreateSubscription => push::about_create(),
        Operation::ReadSubscription => push::about_read(),
        Operation::UpdateSubscription => push::about_update(),
        Operation::DeleteSubscription => push::about_delete(),
        Operation::RenewSubscription => push::about_renew(),
    }
}
