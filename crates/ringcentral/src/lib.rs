//! A client of RingCentral's Call Log API.
//!
//! [`Client`] signs in with a JWT, keeps its token fresh, stays inside the rate budget that the
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
mod retry;
mod sync_log;
mod token;

pub use budget::{Announced, Budget, Priority};
pub use by_id::{ById, MAX_IDS};
pub use call_log::{CallLogPage, CallLogQuery, MAX_PER_PAGE, View};
pub use client::Client;
pub use connection::{Connection, ConnectionError, parse_server_url};
pub use directory::{AccountInfo, ExtensionInfo};
pub use error::{Departure, Error};

pub use limiter::{Change, SharedBudgets, Traffic, Updating};
pub use listing::{DirectoryList, Resource};
pub use retry::Retry;
pub use sync_log::{Feed, Since, SyncPage, SyncQuery};
