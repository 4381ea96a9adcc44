//! The directory: what upstream lists besides calls, as far as it is shown and looked up by.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::ExtensionId;
use crate::lenient::{Raw, object, text};

/// What kind of thing a list is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DirectoryKind {
    /// The account itself: its profile, with the time zone.
    Account,
    /// Users, queues, menus, sites: everything that has an extension.
    Extension,
    /// Call queues.
    Queue,
    /// Who answers a call queue; a list for each.
    Member,
    /// Sites, with their time zones.
    Site,
    /// Phone numbers.
    Number,
    /// Business hours: the company's, and a list for each extension.
    Hours,
}

/// A text that names no kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no kind of thing in a directory")]
pub struct UnknownKind;

impl DirectoryKind {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Account,
        Self::Extension,
        Self::Queue,
        Self::Member,
        Self::Site,
        Self::Number,
        Self::Hours,
    ];

    /// As archives and their views have it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Extension => "extension",
            Self::Queue => "queue",
            Self::Member => "member",
            Self::Site => "site",
            Self::Number => "number",
            Self::Hours => "hours",
        }
    }
}

impl std::str::FromStr for DirectoryKind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(UnknownKind)
    }
}

/// A thing as a list has it. What upstream does not say is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectoryEntry {
    /// RingCentral's, unique in the list; business hours have none, and theirs is `hours`.
    pub id: String,
    /// The short number, or of a phone number the number itself.
    pub number: Option<String>,
    /// Display name; of a phone number its label.
    pub name: Option<String>,
    /// An extension's `type` (`User`, `Department` for a queue, …), or what a number is used for.
    pub r#type: Option<String>,
    /// `Enabled`, …
    pub status: Option<String>,
    /// A user's department.
    pub department: Option<String>,
    /// The extension that it is, or belongs to.
    pub extension: Option<ExtensionId>,
    /// The site's id, which is a text: `main-site`, …
    pub site: Option<String>,
    /// The whole, as it came.
    pub json: String,
}

/// The contract's shapes, as far as they are read.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    #[serde(borrow)]
    id: Raw<'a>,
    #[serde(borrow)]
    extension_number: Raw<'a>,
    #[serde(borrow)]
    phone_number: Raw<'a>,
    #[serde(borrow)]
    name: Raw<'a>,
    #[serde(borrow)]
    label: Raw<'a>,
    #[serde(borrow)]
    r#type: Raw<'a>,
    #[serde(borrow)]
    usage_type: Raw<'a>,
    #[serde(borrow)]
    status: Raw<'a>,
    #[serde(borrow)]
    contact: Raw<'a>,
    #[serde(borrow)]
    extension: Raw<'a>,
    #[serde(borrow)]
    site: Raw<'a>,
}

/// `contact`.
#[derive(Deserialize)]
struct Contact<'a> {
    #[serde(borrow)]
    department: Raw<'a>,
}

/// Anything that is named by its id, or a link that ends with it.
#[derive(Deserialize)]
struct Named<'a> {
    #[serde(borrow)]
    id: Raw<'a>,
    #[serde(borrow)]
    uri: Raw<'a>,
}

fn string(field: Raw<'_>) -> Option<String> {
    text(field).map(Cow::into_owned)
}

/// The id of what a field names, or links to.
fn named(field: Raw<'_>) -> Option<String> {
    let Named { id, uri } = object(field?.get())?;
    let linked = || Some(string(uri)?.rsplit('/').next()?.to_owned());
    string(id).or_else(linked)
}

impl DirectoryEntry {
    /// Reads one entry of a list; `None` if it is no object, or has no id where it needs one. Those of extensions
    /// are numbers.
    pub fn decode(kind: DirectoryKind, json: &str) -> Option<Self> {
        let wire: Wire<'_> = object(json)?;
        let hours = kind == DirectoryKind::Hours;
        let id = if hours { "hours".to_owned() } else { string(wire.id)? };
        let is_number = kind == DirectoryKind::Number;
        let is_extension =
            matches!(kind, DirectoryKind::Extension | DirectoryKind::Queue | DirectoryKind::Member);
        let of = named(wire.extension).and_then(|id| id.parse().ok());
        let extension = if is_extension { Some(id.parse().ok()?) } else { of };
        let contact = wire.contact.and_then(|json| object::<Contact<'_>>(json.get()));
        Some(Self {
            number: string(if is_number { wire.phone_number } else { wire.extension_number }),
            name: string(if is_number { wire.label } else { wire.name }),
            r#type: string(if is_number { wire.usage_type } else { wire.r#type }),
            status: string(wire.status),
            department: contact.and_then(|contact| string(contact.department)),
            extension,
            site: named(wire.site),
            id,
            json: json.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_needs_nothing_but_an_id() {
        use DirectoryKind::{Extension, Site};
        let odd = r#"{"id":7,"name":{},"contact":[],"site":"x","extension":null}"#;
        for (kind, json, id) in [
            (Extension, odd, Some("7")),
            (Extension, r#"{"id":"seven"}"#, None),
            (Site, r#"{"id":"main-site","extension":7}"#, Some("main-site")),
            (Site, r#"{"name":"Berlin"}"#, None),
            (Site, "[7]", None),
            (Site, "7", None),
        ] {
            let entry = DirectoryEntry::decode(kind, json);
            assert_eq!(entry.as_ref().map(|entry| entry.id.as_str()), id, "{json}");
            assert!(entry.is_none_or(|entry| entry.name.is_none() && entry.json == json));
        }
    }

    #[test]
    fn each_kind_has_its_own_number_and_name() {
        let json = r#"{"id":9,"extensionNumber":"101","name":"Ann","type":"User",
            "contact":{"department":"Sales"},"site":{"id":3},"phoneNumber":"+16505550100",
            "usageType":"DirectNumber","label":"Front desk","extension":{"id":5}}"#;
        let ann = DirectoryEntry::decode(DirectoryKind::Extension, json).unwrap();
        let shown = (ann.number.as_deref(), ann.name.as_deref(), ann.r#type.as_deref());
        assert_eq!(shown, (Some("101"), Some("Ann"), Some("User")));
        assert_eq!((ann.extension, ann.site.as_deref()), (Some(ExtensionId(9)), Some("3")));
        assert_eq!(ann.department.as_deref(), Some("Sales"));
        let number = DirectoryEntry::decode(DirectoryKind::Number, json).unwrap();
        let shown = (number.number.as_deref(), number.name.as_deref(), number.extension);
        assert_eq!(shown, (Some("+16505550100"), Some("Front desk"), Some(ExtensionId(5))));
        let linked = r#"{"id":9,"site":{"uri":"http://a/sites/3","name":"Berlin"}}"#;
        let linked = DirectoryEntry::decode(DirectoryKind::Extension, linked).unwrap();
        assert_eq!(linked.site.as_deref(), Some("3"));
        assert_eq!(DirectoryEntry::decode(DirectoryKind::Hours, "{}").unwrap().id, "hours");
    }

    #[test]
    fn a_kinds_name_is_its_own() {
        for kind in DirectoryKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
    }
}
