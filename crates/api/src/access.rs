//! What an app and a user may do.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Makes an enum of names that the protocol writes exactly as the variants are spelt.
macro_rules! names {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum $name { $($(#[$variant_meta])* $variant,)+ }

        impl $name {
            /// Every one of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The name in the protocol.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => stringify!($variant),)+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

names! {
    /// An application permission (OAuth scope), granted when the app was registered.
    AppScope {
        /// Account, extensions, queues and phone numbers.
        ReadAccounts,
        /// Call records.
        ReadCallLog,
        /// Recordings, and with them call records.
        ReadCallRecording,
        /// Deletion of call records, and with it their reading.
        EditCallLog,
        /// Who is available, and on the phone.
        ReadPresence,
        /// Calls that are under way.
        CallControl,
        /// Notifications over HTTP.
        SubscriptionWebhook,
        /// Notifications and requests over a WebSocket.
        WebSocket,
        /// Figures about calls.
        Analytics,
    }
}

names! {
    /// A permission of the user on whose behalf an app calls.
    UserPermission {
        /// The company's profile.
        ReadCompanyInfo,
        /// The company's business hours.
        ReadCompanyAnsweringRules,
        /// Every phone number of the company.
        ReadCompanyPhoneNumbers,
        /// The list of extensions and queues.
        ReadExtensions,
        /// The phone numbers of an extension.
        ReadUserPhoneNumbers,
        /// One's own call log.
        ReadCallLog,
        /// Everybody's call log.
        FullCompanyCallLog,
        /// Recordings.
        ReadCallRecording,
        /// Deletion of records from one's own call log.
        EditCallLog,
        /// Who is available, and on the phone.
        ReadPresenceStatus,
        /// Deletion of the company's recordings.
        EditCompanyCallRecordings,
    }
}

impl AppScope {
    /// What it allows, for the user who is asked.
    pub(crate) const fn in_words(self) -> &'static str {
        match self {
            Self::ReadAccounts => "read the company, its extensions and numbers",
            Self::ReadCallLog => "read call records",
            Self::ReadCallRecording => "read call records and recordings",
            Self::EditCallLog => "read and delete call records",
            Self::ReadPresence => "see who is available and who is on the phone",
            Self::CallControl => "follow calls while they are under way",
            Self::SubscriptionWebhook => "have notifications sent to a server of its own",
            Self::WebSocket => "have notifications sent while it is connected",
            Self::Analytics => "read figures about calls",
        }
    }

    /// Does holding this scope give `needed`? Reading recordings and editing the call log both
    /// include reading the call log.
    #[must_use]
    pub fn includes(self, needed: Self) -> bool {
        self == needed
            || (needed == Self::ReadCallLog
                && matches!(self, Self::ReadCallRecording | Self::EditCallLog))
    }
}

/// Not a scope that is known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is none of {}", AppScope::ALL.iter().map(|scope| scope.name()).collect::<Vec<_>>().join(", "))]
pub struct UnknownScope;

impl FromStr for AppScope {
    type Err = UnknownScope;

    fn from_str(name: &str) -> Result<Self, UnknownScope> {
        Self::ALL.iter().copied().find(|scope| scope.name() == name).ok_or(UnknownScope)
    }
}
