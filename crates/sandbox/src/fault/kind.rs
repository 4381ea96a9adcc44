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
    /// Of a recording's sound: 416, although the range is there.
    Unsatisfiable,
    /// Of a recording's sound: all of it, whatever range was asked for.
    RangeIgnored,
    /// Of a recording's sound: the first part of it, as if it were all.
    Short,
    /// Of a recording's sound: some bytes in it are others.
    Corrupt,
    /// Of a recording's sound: 302 to itself.
    Redirect,
    /// Of a recording's sound: 302 to a host that is nobody's, where no token should be sent.
    RedirectForeign,
}

impl FaultKind {
    /// Every kind.
    pub const ALL: [Self; 17] = [
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
        Self::Unsatisfiable,
        Self::RangeIgnored,
        Self::Short,
        Self::Corrupt,
        Self::Redirect,
        Self::RedirectForeign,
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
            Self::Unsatisfiable => "416",
            Self::RangeIgnored => "range-ignored",
            Self::Short => "short",
            Self::Corrupt => "corrupt",
            Self::Redirect => "redirect",
            Self::RedirectForeign => "redirect-foreign",
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
            Self::Unsatisfiable
            | Self::RangeIgnored
            | Self::Short
            | Self::Corrupt
            | Self::Redirect
            | Self::RedirectForeign => is_sound(target),
            _ => true,
        }
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Whether a path and query are of a recording's sound.
fn is_sound(target: &str) -> bool {
    let path = target.split('?').next().unwrap_or(target);
    path.contains("/recording/") && path.ends_with("/content")
}
