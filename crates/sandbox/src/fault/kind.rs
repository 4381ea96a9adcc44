//! What can go wrong.

use std::fmt;
use std::time::Duration;

/// What can go wrong with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// 429 with a `Retry-After` that is true.
    Throttled,
    /// 429 without a `Retry-After`.
    ThrottledMissing,
    /// 429 with a `Retry-After` that nobody should obey: a year, a negative one, words.
    ThrottledAbsurd,
    /// 500.
    ServerError,
    /// 503.
    Unavailable,
    /// The connection is closed without an answer.
    Reset,
    /// The body is cut short, with its whole length announced or its chunked end missing.
    Truncated,
    /// The answer is right, but late.
    Slow,
    /// No answer for as long as the client waits, or the fault lasts; then as [`FaultKind::Reset`].
    Hang,
    /// 401: the access token has expired before its time.
    TokenExpired,
    /// 400: the sync token is not taken any more.
    SyncToken,
}

impl FaultKind {
    /// Every kind.
    pub const ALL: [Self; 11] = [
        Self::Throttled,
        Self::ThrottledMissing,
        Self::ThrottledAbsurd,
        Self::ServerError,
        Self::Unavailable,
        Self::Reset,
        Self::Truncated,
        Self::Slow,
        Self::Hang,
        Self::TokenExpired,
        Self::SyncToken,
    ];

    /// As it is written in a [`FaultSpec`](super::FaultSpec).
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Throttled => "429",
            Self::ThrottledMissing => "429-missing",
            Self::ThrottledAbsurd => "429-absurd",
            Self::ServerError => "500",
            Self::Unavailable => "503",
            Self::Reset => "reset",
            Self::Truncated => "truncate",
            Self::Slow => "slow",
            Self::Hang => "hang",
            Self::TokenExpired => "token-expired",
            Self::SyncToken => "sync-token",
        }
    }

    /// How long it takes or asks to wait unless told otherwise; `None` where time plays no part.
    #[must_use]
    pub const fn usual_length(self) -> Option<Duration> {
        match self {
            Self::Throttled => Some(Duration::from_secs(60)),
            Self::Slow => Some(Duration::from_secs(2)),
            Self::Hang => Some(Duration::from_secs(300)),
            _ => None,
        }
    }

    /// Whether it can befall a request for this path and query.
    pub(crate) fn can_befall(self, target: &str) -> bool {
        match self {
            Self::TokenExpired => !target.starts_with("/restapi/oauth/"),
            Self::SyncToken => target.contains("syncToken="),
            _ => true,
        }
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
