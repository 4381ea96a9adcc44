//! What a call can be found by, besides its time.

use std::fmt;

use crate::ExtensionId;

/// One thing that a call is listed under in the archive's postings.
///
/// Its text form, one letter and the value, is what the database stores.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    /// An extension that took part or was offered the call, queues included: `x…`.
    Extension(ExtensionId),
    /// An outside number in E.164, or the bare digits where there is no such form: `n…`.
    Number(String),
    /// `sessionId`: `s…`.
    Session(String),
    /// `telephonySessionId`, which joins the records of one call: `t…`.
    TelephonySession(String),
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Extension(id) => write!(f, "x{id}"),
            Self::Number(number) => write!(f, "n{number}"),
            Self::Session(id) => write!(f, "s{id}"),
            Self::TelephonySession(id) => write!(f, "t{id}"),
        }
    }
}
