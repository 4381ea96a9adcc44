//! What the server needs from whoever starts it.

use std::future::Future;
use std::ops::Range;

use bytes::Bytes;
use callbook_model::{AccountId, ExtensionId, Scope};
use futures_util::stream::BoxStream;
use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::Value;

use crate::access::{AppScope, UserPermission};
use crate::call_log::{ActiveQuery, ChangesQuery, ListQuery, View};
use crate::limits::Decision;
use crate::operation::Group;

/// Why a port could not answer; it becomes a 500 and a log line, the text is never sent.
#[derive(Debug, thiserror::Error)]
#[error("what stands behind the API has failed")]
pub struct PortError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// The ports, bundled.
pub trait Ports: Send + Sync + 'static {
    /// Where call records come from.
    type CallLog: CallLog;
    /// Where recordings come from.
    type Recordings: Recordings;
    /// Who works at the company.
    type Directory: Directory;
    /// Which apps may connect.
    type Apps: Apps;
    /// What time it is.
    type Clock: Clock;
    /// How fast clients may ask.
    type Limiter: Limiter;
    /// Where tokens come from.
    type Random: Random;

    /// Where call records come from.
    fn call_log(&self) -> &Self::CallLog;
    /// Where recordings come from.
    fn recordings(&self) -> &Self::Recordings;
    /// Who works at the company.
    fn directory(&self) -> &Self::Directory;
    /// Which apps may connect.
    fn apps(&self) -> &Self::Apps;
    /// What time it is.
    fn clock(&self) -> &Self::Clock;
    /// How fast clients may ask.
    fn limiter(&self) -> &Self::Limiter;
    /// Where tokens come from.
    fn random(&self) -> &Self::Random;
}

/// One page of a call log.
#[derive(Debug, Clone, Default)]
pub struct CallLogPage {
    /// JSON texts, newest first. They are sent as they are: numbers must not pass through a float.
    pub records: Vec<Bytes>,
    /// Records on all pages, where counting them is cheap enough.
    pub total: Option<u64>,
    /// Is there anything after this page?
    pub more: bool,
}

/// Records that were made, changed or deleted.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// JSON texts, in the order of their last modification.
    pub records: Vec<Bytes>,
    /// When the last of them was modified.
    pub last: Option<Timestamp>,
    /// Were any modified after that?
    pub more: bool,
}

/// Call records as JSON texts.
pub trait CallLog: Send + Sync + 'static {
    /// One page of those that match: `query.from <= startTime < query.to`, newest first.
    fn list(
        &self,
        scope: Scope,
        query: &ListQuery,
    ) -> impl Future<Output = Result<CallLogPage, PortError>> + Send;

    /// One record by its id within `scope`.
    fn get(
        &self,
        scope: Scope,
        id: &str,
        view: View,
    ) -> impl Future<Output = Result<Option<Bytes>, PortError>> + Send;

    /// Records modified since a moment, in that order.
    fn changes(
        &self,
        scope: Scope,
        query: &ChangesQuery,
    ) -> impl Future<Output = Result<Changes, PortError>> + Send;

    /// One page of the calls that are under way or have only just ended, newest first.
    fn active(
        &self,
        scope: Scope,
        query: &ActiveQuery,
    ) -> impl Future<Output = Result<CallLogPage, PortError>> + Send;
}

/// What is known of a recording that can be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    /// How long it plays, in whole seconds.
    pub duration_s: u32,
    /// Such as `audio/mpeg`.
    pub content_type: String,
    /// The length of the file; at least 1.
    pub len_bytes: u64,
    /// Other bytes have another tag. Letters, digits and `-`.
    pub tag: String,
}

/// A file, piece by piece. After an error nothing follows, and the client's connection is cut.
pub type ByteStream = BoxStream<'static, Result<Bytes, PortError>>;

/// Recordings of calls.
pub trait Recordings: Send + Sync + 'static {
    /// The recording with this id, if a call log shows it and it can still be had.
    fn find(
        &self,
        scope: Scope,
        id: &str,
    ) -> impl Future<Output = Result<Option<Recording>, PortError>> + Send;

    /// Part of a recording that was just found; the range lies within it.
    fn open(
        &self,
        id: &str,
        range: Range<u64>,
    ) -> impl Future<Output = Result<ByteStream, PortError>> + Send;

    /// Deletes recordings of the account; if one of them is not there, it says false and deletes none.
    fn delete(&self, ids: &[String]) -> impl Future<Output = Result<bool, PortError>> + Send;
}

/// The company and its extensions, in the shapes of the contract.
pub trait Directory: Send + Sync + 'static {
    /// The account's id.
    fn account_id(&self) -> AccountId;

    /// `GetAccountInfoResponse`.
    fn account(&self) -> impl Future<Output = Result<Value, PortError>> + Send;

    /// `CompanyBusinessHours`.
    fn business_hours(&self) -> impl Future<Output = Result<Value, PortError>> + Send;

    /// `GetExtensionListInfoResponse` for every extension, of whatever type.
    fn extensions(&self) -> impl Future<Output = Result<Vec<Value>, PortError>> + Send;

    /// `GetExtensionInfoResponse`.
    fn extension(
        &self,
        id: ExtensionId,
    ) -> impl Future<Output = Result<Option<Value>, PortError>> + Send;

    /// The business hours of one extension, in the shape of `CompanyBusinessHours`.
    fn extension_business_hours(
        &self,
        id: ExtensionId,
    ) -> impl Future<Output = Result<Option<Value>, PortError>> + Send;

    /// Every site: `id`, `name`, `extensionNumber`, `code` and `regionalSettings`.
    fn sites(&self) -> impl Future<Output = Result<Vec<Value>, PortError>> + Send;

    /// What a user may do; empty for whoever cannot log in.
    fn permissions(
        &self,
        user: ExtensionId,
    ) -> impl Future<Output = Result<Vec<UserPermission>, PortError>> + Send;

    /// `CompanyPhoneNumberInfo` for every number of the company.
    fn phone_numbers(&self) -> impl Future<Output = Result<Vec<Value>, PortError>> + Send;

    /// `UserPhoneNumberInfo` for every number of one extension.
    fn extension_phone_numbers(
        &self,
        extension: ExtensionId,
    ) -> impl Future<Output = Result<Vec<Value>, PortError>> + Send;

    /// `CallQueueInfo` for every call queue.
    fn queues(&self) -> impl Future<Output = Result<Vec<Value>, PortError>> + Send;

    /// `CallQueueDetails`.
    fn queue(
        &self,
        id: ExtensionId,
    ) -> impl Future<Output = Result<Option<Value>, PortError>> + Send;

    /// The extension ids of a queue's members; `None` where there is no such queue.
    fn queue_members(
        &self,
        id: ExtensionId,
    ) -> impl Future<Output = Result<Option<Vec<ExtensionId>>, PortError>> + Send;
}

/// A registered app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct App {
    /// The client id.
    pub client_id: String,
    /// The scopes it was registered with.
    pub scopes: Vec<AppScope>,
    /// Has no secret, because it could not keep one.
    pub public: bool,
    /// Where users may be sent back to; a loopback address is good with any port.
    pub redirect_uris: Vec<String>,
}

/// Which apps may connect, and for whom.
pub trait Apps: Send + Sync + 'static {
    /// The app with this id; nothing is proven by that.
    fn find(&self, client_id: &str) -> impl Future<Output = Result<Option<App>, PortError>> + Send;

    /// The app with this id, if the secret is right, or if none was given and the app is public.
    fn authenticate(
        &self,
        client_id: &str,
        secret: Option<&SecretString>,
    ) -> impl Future<Output = Result<Option<App>, PortError>> + Send;

    /// The user whose personal JWT this is.
    fn jwt_owner(
        &self,
        app: &App,
        assertion: &SecretString,
    ) -> impl Future<Output = Result<Option<ExtensionId>, PortError>> + Send;

    /// The user who signs in with this name and password.
    fn password_owner(
        &self,
        username: &str,
        password: &SecretString,
    ) -> impl Future<Output = Result<Option<ExtensionId>, PortError>> + Send;
}

/// The time of day, so that tests and the sandbox can turn it.
pub trait Clock: Send + Sync + 'static {
    /// This moment.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

impl<C: Clock + ?Sized> Clock for std::sync::Arc<C> {
    fn now(&self) -> Timestamp {
        (**self).now()
    }
}

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
    fn check(&self, key: &LimitKey, group: Group, now: Timestamp) -> Verdict;
}

/// Unpredictable bytes for tokens.
pub trait Random: Send + Sync + 'static {
    /// Fills `bytes`.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), PortError>;
}
