//! The one table of what is served: path, rate group, app scope and user permission.

use axum::http::Method;

use crate::access::{AppScope, UserPermission};

/// How the usage plan counts a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Group {
    /// Not counted.
    NoThrottling,
    /// Cheap reads of one resource.
    Light,
    /// Lists.
    Medium,
    /// Call log, recordings and other large reads.
    Heavy,
    /// Token requests.
    Auth,
}

impl Group {
    /// As `X-Rate-Limit-Group` spells it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoThrottling => "nothrottling",
            Self::Light => "light",
            Self::Medium => "medium",
            Self::Heavy => "heavy",
            Self::Auth => "auth",
        }
    }

    /// As the official description spells it.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::NoThrottling => "NoThrottling",
            Self::Light => "Light",
            Self::Medium => "Medium",
            Self::Heavy => "Heavy",
            Self::Auth => "Auth",
        }
    }
}

/// Who may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authentication {
    /// Whoever asks.
    Anybody,
    /// A registered app, by its id and secret.
    Client,
    /// A user through an app, by an access token.
    Bearer,
    /// The same; the token may also be the parameter `access_token`, since players send no headers.
    BearerOrQuery,
}

/// Declares [`Operation`] from one line an operation.
macro_rules! operations {
    ($(
        $(#[doc = $doc:literal])+
        $variant:ident = $id:literal $method:ident $path:literal,
            $group:ident, $authentication:ident $(, $scope:ident $(, $permission:ident)?)?;
    )+) => {
        /// Something a client can ask for. Names follow the contract's `operationId`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Operation { $($(#[doc = $doc])+ $variant,)+ }

        impl Operation {
            /// Everything that is served.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The contract's `operationId`.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self { $(Self::$variant => $id,)+ }
            }

            /// What it is, in a line.
            #[must_use]
            pub fn summary(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc),+).trim(),)+ }
            }

            /// The HTTP method.
            #[must_use]
            pub const fn method(self) -> Method {
                match self { $(Self::$variant => Method::$method,)+ }
            }

            /// The path, with its parameters in braces.
            #[must_use]
            pub const fn path(self) -> &'static str {
                match self { $(Self::$variant => $path,)+ }
            }

            /// Which group of the usage plan counts it.
            #[must_use]
            pub const fn group(self) -> Group {
                match self { $(Self::$variant => Group::$group,)+ }
            }

            /// What proves who is calling.
            #[must_use]
            pub const fn authentication(self) -> Authentication {
                match self { $(Self::$variant => Authentication::$authentication,)+ }
            }

            /// The scope that the app needs.
            #[must_use]
            pub const fn app_scope(self) -> Option<AppScope> {
                match self { $(Self::$variant => operations!(@scope $($scope)?),)+ }
            }

            /// The permission that the user needs.
            #[must_use]
            pub const fn user_permission(self) -> Option<UserPermission> {
                match self { $(Self::$variant => operations!(@permission $($($permission)?)?),)+ }
            }
        }
    };
    (@scope) => { None };
    (@scope $scope:ident) => { Some(AppScope::$scope) };
    (@permission) => { None };
    (@permission $permission:ident) => { Some(UserPermission::$permission) };
}

operations! {
    /// Lets a user sign in and consent; the parameters are in the query.
    Authorize = "authorize" GET "/restapi/oauth/authorize", NoThrottling, Anybody;
    /// The same with the parameters in a form.
    AuthorizeByForm = "authorize2" POST "/restapi/oauth/authorize", Auth, Anybody;
    /// Issues an access and a refresh token.
    GetToken = "getToken" POST "/restapi/oauth/token", Auth, Client;
    /// Ends a session.
    RevokeToken = "revokeToken" POST "/restapi/oauth/revoke", Auth, Client;
    /// Lists the API versions.
    ReadApiVersions = "readAPIVersions" GET "/restapi", NoThrottling, Anybody;
    /// Describes one API version.
    ReadApiVersion = "readAPIVersion" GET "/restapi/{apiVersion}", NoThrottling, Anybody;
    /// The company's profile.
    ReadAccountInfo = "readAccountInfo" GET "/restapi/v1.0/account/{accountId}",
        Light, Bearer, ReadAccounts, ReadCompanyInfo;
    /// When the company is open.
    ReadCompanyBusinessHours = "readCompanyBusinessHours"
        GET "/restapi/v1.0/account/{accountId}/business-hours",
        Light, Bearer, ReadAccounts, ReadCompanyAnsweringRules;
    /// The company's extensions.
    ListExtensions = "listExtensions" GET "/restapi/v1.0/account/{accountId}/extension",
        Medium, Bearer, ReadAccounts, ReadExtensions;
    /// One extension.
    ReadExtension = "readExtension"
        GET "/restapi/v1.0/account/{accountId}/extension/{extensionId}",
        Light, Bearer, ReadAccounts, ReadExtensions;
    /// The company's call queues.
    ListCallQueues = "listCallQueues" GET "/restapi/v1.0/account/{accountId}/call-queues",
        Medium, Bearer, ReadAccounts, ReadExtensions;
    /// One call queue.
    ReadCallQueueInfo = "readCallQueueInfo"
        GET "/restapi/v1.0/account/{accountId}/call-queues/{groupId}",
        Light, Bearer, ReadAccounts, ReadExtensions;
    /// The users who answer a call queue.
    ListCallQueueMembers = "listCallQueueMembers"
        GET "/restapi/v1.0/account/{accountId}/call-queues/{groupId}/members",
        Light, Bearer, ReadAccounts, ReadExtensions;
    /// The company's sites.
    ListSites = "listSites" GET "/restapi/v1.0/account/{accountId}/sites",
        Light, Bearer, ReadAccounts, ReadExtensions;
    /// When an extension takes calls.
    ReadUserBusinessHours = "readUserBusinessHours"
        GET "/restapi/v1.0/account/{accountId}/extension/{extensionId}/business-hours",
        Light, Bearer, ReadAccounts, ReadExtensions;
    /// The company's phone numbers.
    ListAccountPhoneNumbers = "listAccountPhoneNumbers"
        GET "/restapi/v1.0/account/{accountId}/phone-number",
        Heavy, Bearer, ReadAccounts, ReadCompanyPhoneNumbers;
    /// An extension's phone numbers.
    ListExtensionPhoneNumbers = "listExtensionPhoneNumbers"
        GET "/restapi/v1.0/account/{accountId}/extension/{extensionId}/phone-number",
        Light, Bearer, ReadAccounts, ReadUserPhoneNumbers;
    /// The company's call log.
    ReadCompanyCallLog = "readCompanyCallLog" GET "/restapi/v1.0/account/{accountId}/call-log",
        Heavy, Bearer, ReadCallLog, FullCompanyCallLog;
    /// One or several records of the company's call log.
    ReadCompanyCallRecord = "readCompanyCallRecord"
        GET "/restapi/v1.0/account/{accountId}/call-log/{callRecordId}",
        Heavy, Bearer, ReadCallLog, FullCompanyCallLog;
    /// An extension's call log.
    ReadUserCallLog = "readUserCallLog"
        GET "/restapi/v1.0/account/{accountId}/extension/{extensionId}/call-log",
        Heavy, Bearer, ReadCallLog, ReadCallLog;
    /// Hides records of one's own call log.
    DeleteUserCallLog = "deleteUserCallLog"
        DELETE "/restapi/v1.0/account/{accountId}/extension/{extensionId}/call-log",
        Heavy, Bearer, EditCallLog, EditCallLog;
    /// What is new, changed or deleted in the company's call log.
    SyncAccountCallLog = "syncAccountCallLog"
        GET "/restapi/v1.0/account/{accountId}/call-log-sync",
        Heavy, Bearer, ReadCallLog, ReadCallLog;
    /// What is new, changed or deleted in an extension's call log.
    SyncUserCallLog = "syncUserCallLog"
        GET "/restapi/v1.0/account/{accountId}/extension/{extensionId}/call-log-sync",
        Heavy, Bearer, ReadCallLog, ReadCallLog;
    /// What was modified in the company's call log after a moment.
    ExtractSyncAccountCallLog = "extractSyncAccountCallLog"
        GET "/restapi/v1.0/account/{accountId}/call-log-extract-sync",
        Heavy, Bearer, ReadCallLog, ReadCallLog;
    /// The company's calls that are under way.
    ListCompanyActiveCalls = "listCompanyActiveCalls"
        GET "/restapi/v1.0/account/{accountId}/active-calls",
        Heavy, Bearer, ReadCallLog, ReadCallLog;
    /// An extension's calls that are under way.
    ListExtensionActiveCalls = "listExtensionActiveCalls"
        GET "/restapi/v1.0/account/{accountId}/extension/{extensionId}/active-calls",
        Heavy, Bearer, ReadCallLog, ReadCallLog;
    /// What is known of a recording.
    ReadCallRecording = "readCallRecording"
        GET "/restapi/v1.0/account/{accountId}/recording/{recordingId}",
        Heavy, Bearer, ReadCallRecording, ReadCallRecording;
    /// A recording's sound.
    ReadCallRecordingContent = "readCallRecordingContent"
        GET "/restapi/v1.0/account/{accountId}/recording/{recordingId}/content",
        Heavy, BearerOrQuery, ReadCallRecording;
    /// Deletes recordings.
    DeleteCompanyCallRecordings = "deleteCompanyCallRecordings"
        DELETE "/restapi/v1.0/account/{accountId}/call-recordings",
        Heavy, Bearer, EditCallLog, EditCompanyCallRecordings;
    /// Gives a token that a WebSocket is opened with.
    AuthWsToken = "authWsToken" POST "/restapi/oauth/wstoken", Auth, Bearer, WebSocket;
    /// The user's subscriptions through the app.
    ListSubscriptions = "listSubscriptions" GET "/restapi/v1.0/subscription", Light, Bearer;
    /// Makes a subscription.
    CreateSubscription = "createSubscription" POST "/restapi/v1.0/subscription", Medium, Bearer;
    /// One subscription.
    ReadSubscription = "readSubscription"
        GET "/restapi/v1.0/subscription/{subscriptionId}", Light, Bearer;
    /// Changes what a subscription is about, or its end.
    UpdateSubscription = "updateSubscription"
        PUT "/restapi/v1.0/subscription/{subscriptionId}", Medium, Bearer;
    /// Ends a subscription.
    DeleteSubscription = "deleteSubscription"
        DELETE "/restapi/v1.0/subscription/{subscriptionId}", Medium, Bearer;
    /// Puts off the end of a subscription.
    RenewSubscription = "renewSubscription"
        POST "/restapi/v1.0/subscription/{subscriptionId}/renew", Light, Bearer;
    /// One or several records of an extension's call log.
    ReadUserCallRecord = "readUserCallRecord"
        GET "/restapi/v1.0/account/{accountId}/extension/{extensionId}/call-log/{callRecordId}",
        Heavy, Bearer, ReadCallLog, ReadCallLog;
    /// Who of the company is available, and on the phone.
    ReadAccountPresence = "readAccountPresence" GET "/restapi/v1.0/account/{accountId}/presence",
        Heavy, Bearer, ReadPresence, ReadPresenceStatus;
    /// Who of a queue's members takes its calls.
    ReadCallQueuePresence = "readCallQueuePresence"
        GET "/restapi/v1.0/account/{accountId}/call-queues/{groupId}/presence",
        Light, Bearer, ReadPresence;
    /// A call that is under way, and its parties.
    ReadCallSessionStatus = "readCallSessionStatus"
        GET "/restapi/v1.0/account/{accountId}/telephony/sessions/{telephonySessionId}",
        Light, Bearer, CallControl;
    /// Figures about calls, summed up.
    AnalyticsCallsAggregationFetch = "analyticsCallsAggregationFetch"
        POST "/analytics/calls/v1/accounts/{accountId}/aggregation/fetch",
        Light, Bearer, Analytics, FullCompanyCallLog;
    /// Figures about calls, over time.
    AnalyticsCallsTimelineFetch = "analyticsCallsTimelineFetch"
        POST "/analytics/calls/v1/accounts/{accountId}/timeline/fetch",
        Light, Bearer, Analytics, FullCompanyCallLog;
}
