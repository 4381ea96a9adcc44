//! A client of RingCentral's Call Log API.
//!
//! [`Client`] signs in with a JWT or a stored login, keeps its token fresh, stays inside the rate budget that the
//! server's headers announce, and tries again what may pass. What it reads stays the text that
//! came: see [`CallLogPage`].

mod body;
mod budget;
mod by_id;
mod call_log;
mod client;
mod clock;
mod connection;
mod directory;
mod error;
mod limiter;
mod listing;
mod login;
mod media;
mod page;
mod reach;
mod recording;
mod retry;
mod scope;
mod session;
mod sync_log;
mod token;
mod transport;
mod tries;

pub use budget::{Announced, Budget, Priority};
pub use by_id::{ById, MAX_IDS};
pub use call_log::{CallLogPage, CallLogQuery, MAX_PER_PAGE, View};
pub use client::Client;
pub use connection::{Connection, ConnectionError, Credential, parse_server_url};
pub use directory::{AccountInfo, ExtensionInfo};
pub use error::{Departure, Error};

pub use limiter::{Change, SharedBudgets, Traffic, Updating, limits_seen};
pub use listing::{DirectoryList, Resource};
pub use login::{Keep, KeepError, Login, Tokens, Who};
pub use media::{MediaHost, MediaHostError};
pub use reach::{Reached, Unreached, reach};
pub use recording::{Content, ContentAnswer, OddId, RecordingId, RecordingInfo, Resume};
pub use retry::Retry;
pub use scope::{Feature, Scopes};
pub use session::{end_renewals, forget_login};
pub use sync_log::{Feed, Since, SyncPage, SyncQuery};
pub use token::Grant;
