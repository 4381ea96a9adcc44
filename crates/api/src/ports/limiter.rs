//! How fast clients may ask.

use std::future::Future;

use callbook_model::ExtensionId;
use jiff::Timestamp;

use super::PortError;
use crate::limits::Decision;
use crate::operation::Group;

/// Whom a limiter counts: rates are per app and user.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LimitKey {
    /// The client id of the app.
    pub app: String,
    /// The user's extension id; `None` while a token request has not shown whom it is for.
    pub user: Option<ExtensionId>,
}

/// `None` where the group is not limited.
pub type Verdict = Option<Decision>;

/// Counts requests and refuses those over the limit.
pub trait Limiter: Send + Sync + 'static {
    /// Counts one request at `now` and says whether it may go on.
    fn check(
        &self,
        key: &LimitKey,
        group: Group,
        now: Timestamp,
    ) -> impl Future<Output = Result<Verdict, PortError>> + Send;
}
