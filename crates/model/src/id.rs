//! Newtype ids. RingCentral writes most of them as strings of digits.

use std::fmt;
use std::num::ParseIntError;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Declares a numeric id that prints and parses as its number.
macro_rules! numeric_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIntError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    };
}

numeric_id! {
    /// RingCentral's internal id of a customer account.
    AccountId
}

numeric_id! {
    /// RingCentral's internal id of an extension: a user, a queue, a menu or a site.
    ExtensionId
}

/// Whose call log a record was read from.
///
/// A record looks different from each: an internal call is Outbound in the caller's log and Inbound
/// in the callee's, so calls are keyed by (account, scope, id).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// The company's call log.
    Account,
    /// The call log of one extension.
    Extension(ExtensionId),
}

impl Scope {
    /// The company's call log as an administrator exported it from the portal: rows without ids, which no log
    /// of the API has. They are kept like the log of an extension, of an id that there is not.
    pub const PORTAL: Self = Self::Extension(ExtensionId(u64::MAX));
}

/// A text that names no call log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the name of a call log")]
pub struct UnknownScope;

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Account => f.write_str("account"),
            Self::PORTAL => f.write_str("portal"),
            Self::Extension(id) => write!(f, "extension {id}"),
        }
    }
}

impl FromStr for Scope {
    type Err = UnknownScope;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(' ') {
            None if text == "account" => Ok(Self::Account),
            None if text == "portal" => Ok(Self::PORTAL),
            Some(("extension", id)) => id.parse().map(Self::Extension).map_err(|_| UnknownScope),
            _ => Err(UnknownScope),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scopes_name_is_its_own() {
        for scope in [Scope::Account, Scope::Extension(ExtensionId(7)), Scope::PORTAL] {
            assert_eq!(scope.to_string().parse(), Ok(scope));
        }
        for text in ["", "Account", "extension", "extension x", "portal 1"] {
            assert_eq!(text.parse::<Scope>(), Err(UnknownScope), "{text}");
        }
    }
}
