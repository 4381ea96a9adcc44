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
