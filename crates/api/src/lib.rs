//! The Call Log API server: OAuth, rate limits, directory, call log and recordings.
//!
//! The server knows the protocol and nothing of where calls come from. Whoever starts it brings
//! the [`Ports`]: a call log, recordings, a directory, the registered apps, a clock and a limiter. A synthetic
//! company and a real archive are served by the same code.
//!
//! Reading order: [`Operation`] is the table of everything that is served, with the rate group,
//! app scope and user permission of each; `guard` enforces that table; a file per resource answers.

mod access;
mod analytics;
mod answer;
mod auth;
mod body;
mod call_log;
mod directory;
mod error;
mod guard;
mod html;
mod limits;
mod mask;
mod observe;
mod operation;
mod paging;
mod params;
mod ports;
mod presence;
mod push;
mod recording;
mod reference;
mod router;
mod serve;
mod session;
mod versions;

pub use access::{AppScope, UnknownScope, UserPermission};
pub use analytics::{Cell, Facet, Interval, Side};
pub use auth::{MemoryTokens, OsRandom};
pub use call_log::{
    ActiveQuery, ChangesQuery, Deletion, Direction, Filter, ListQuery, RecordingFilter, SyncKey,
    View,
};
pub use callbook_model::{AccountId, ExtensionId, Scope};
pub use limits::{Decision, Limit, ParsePlanError, Plan, PlanLimiter, Quota, SlidingLog};
pub use mask::mask_numbers;
pub use operation::{Authentication, Group, Operation};
pub use ports::{
    Analytics, App, Apps, Availability, Blacklisted, ByteStream, CallGroup, CallGroups, CallLog,
    CallLogPage, CallsFilter, CallsQuery, Change, ChangeKind, Changes, Clock, Directory,
    FoundSession, Grouping, Journal, KeptSession, LimitKey, Limiter, Mark, Membership, NoAnalytics,
    NoDigest, NoJournal, NoTelephony, PortError, Ports, Random, Recording, Recordings,
    Subscription, Subscriptions, SystemClock, Telephony, TokenChanges, TokenDigest, Tokens,
    Verdict, Webhook, Week,
};
pub use push::{Event, Hub, MemorySubscriptions, PushOptions, Retries, Topic, deliver};
pub use reference::openapi_json;
pub use router::{Api, Config, router};
pub use serve::{ServeOptions, serve};
