//! What the directory has to say, as of any moment.

use callbook_model::{ExtensionId, Region};
use jiff::Timestamp;

use crate::Hours;

/// What an extension is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ExtensionKind {
    /// A person.
    User,
    /// A call queue.
    Queue,
    /// A menu of the auto-receptionist.
    Menu,
    /// A site, a pager, a mailbox, …: nobody answers there.
    Other,
}

impl ExtensionKind {
    /// What the contract's `type` of an extension means (`AllExtensionTypesEnum`); what it does not list is `Other`.
    #[must_use]
    pub fn of(r#type: &str) -> Self {
        match r#type {
            "User" | "DigitalUser" | "VirtualUser" | "FlexibleUser" | "Limited" | "Room" => {
                Self::User
            }
            "Department" => Self::Queue,
            "IvrMenu" => Self::Menu,
            _ => Self::Other,
        }
    }
}

/// A company's directory. Everything is asked as of the moment when the call began, and may be unknown.
pub trait Company {
    /// The country of numbers without a country code.
    fn home(&self) -> Region;

    /// What an extension is. One that is not known counts as a user, unless it offers the call to others.
    fn kind(&self, extension: ExtensionId, at: Timestamp) -> Option<ExtensionKind>;

    /// An extension's name.
    fn name(&self, extension: ExtensionId, at: Timestamp) -> Option<&str>;

    /// Whether a number, in E.164, is the company's.
    fn owns(&self, number: &str, at: Timestamp) -> bool;

    /// The hours of a queue, or of the company; `None` if they are not known. A queue without hours of its own has the
    /// company's: the caller asks for them.
    fn hours(&self, queue: Option<ExtensionId>, at: Timestamp) -> Option<&Hours>;
}
