//! Tells people when an archive is no longer kept current.
//!
//! [`conditions`] finds what is wrong; it is pure, as is [`Ledger::notices`], which decides what to say of it
//! and when to say it again. [`Channel::deliver`] says it, by webhook or by e-mail. A channel that
//! fails is told again the next time: each keeps a ledger of its own.

mod channel;
mod condition;
mod ledger;
mod mail;

pub use channel::{Channel, ChannelError, Email, Origin};
pub use condition::{Condition, Disk, Kind, Limits, Watched, conditions};
pub use ledger::{Change, Ledger, Notice};
pub use mail::{Attachment, Mail, MailServer, Outgoing, check_address};
