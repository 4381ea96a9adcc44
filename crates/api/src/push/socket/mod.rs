//! The WebSocket server: requests and their answers, notifications, sessions that outlive a lost connection.

mod connect;
mod connection;
mod message;
mod request;
mod session;
mod switchboard;
mod token;
mod tokens;

pub(crate) use connect::connect;
pub(crate) use token::{about_token, token};

use axum::http::HeaderName;

pub(super) use session::Session;
pub(super) use switchboard::Switchboard;
pub(super) use tokens::SocketTokens;

/// The header that names a new subscription: some clients tell its answer from others by it.
pub(super) const SUBSCRIPTION_ID: HeaderName = HeaderName::from_static("wsg-subscriptionid");

/// Where sockets are opened.
pub(crate) const PATH: &str = "/ws";

/// How long a session outlives its connection, in seconds.
const RECOVERY_TIMEOUT_S: i64 = 180;

/// How long a client may be silent, in seconds.
const IDLE_TIMEOUT_S: i64 = 1_800;

/// How long a session lasts, in seconds.
pub(super) const ABSOLUTE_TIMEOUT_S: i64 = 86_400;

/// Notifications that are kept for a client that comes back: the newest.
const RECOVERY_BUFFER: usize = 100;

/// Requests of one connection that are being answered at a time.
const MAX_ACTIVE_REQUESTS: usize = 10;
