//! Lists of the directory, read to their ends.

use std::collections::HashSet;

use callbook_model::{DirectoryEntry, DirectoryKind, ExtensionId};

use crate::client::Request;
use crate::limiter::Kind;
use crate::page::WirePage;
use crate::{Client, Error, body};

/// A list of the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Resource {
    /// The account's profile (`readAccountInfo`, Light).
    Account,
    /// Every extension (`listExtensions`, Medium).
    Extensions,
    /// Every call queue (`listCallQueues`, Medium).
    Queues,
    /// Who answers a queue (`listCallQueueMembers`, Light).
    Members(ExtensionId),
    /// Every site (`listSites`, Light).
    Sites,
    /// Every phone number (`listAccountPhoneNumbers`, Heavy).
    Numbers,
    /// When the company is open (`readCompanyBusinessHours`, Light).
    CompanyHours,
    /// When an extension takes calls (`readUserBusinessHours`, Light).
    Hours(ExtensionId),
}

/// What a list has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DirectoryList {
    /// Each once.
    pub entries: Vec<DirectoryEntry>,
    /// As many as upstream announced, all of them readable: what is not on it, there is not.
    pub complete: bool,
}

impl Resource {
    /// Of what it is a list.
    pub fn kind(self) -> DirectoryKind {
        match self {
            Self::Account => DirectoryKind::Account,
            Self::Extensions => DirectoryKind::Extension,
            Self::Queues => DirectoryKind::Queue,
            Self::Members(_) => DirectoryKind::Member,
            Self::Sites => DirectoryKind::Site,
            Self::Numbers => DirectoryKind::Number,
            Self::CompanyHours | Self::Hours(_) => DirectoryKind::Hours,
        }
    }

    /// The extension whose list it is.
    pub fn of(self) -> Option<ExtensionId> {
        match self {
            Self::Members(id) | Self::Hours(id) => Some(id),
            _ => None,
        }
    }

    fn path(self) -> String {
        let below = match self {
            Self::Account => String::new(),
            Self::Extensions => "/extension".to_owned(),
            Self::Queues => "/call-queues".to_owned(),
            Self::Members(queue) => format!("/call-queues/{queue}/members"),
            Self::Sites => "/sites".to_owned(),
            Self::Numbers => "/phone-number".to_owned(),
            Self::CompanyHours => "/business-hours".to_owned(),
            Self::Hours(extension) => format!("/extension/{extension}/business-hours"),
        };
        format!("/restapi/v1.0/account/~{below}")
    }

    /// What its requests are counted as.
    fn counted(self) -> Kind {
        match self {
            Self::Account => Kind::Account,
            Self::Extensions => Kind::Extensions,
            Self::Queues => Kind::Queues,
            Self::Members(_) => Kind::Members,
            Self::Sites => Kind::Sites,
            Self::Numbers => Kind::Numbers,
            Self::CompanyHours | Self::Hours(_) => Kind::Hours,
        }
    }

    /// The answer is the thing itself, not a list.
    fn is_one(self) -> bool {
        matches!(self, Self::Account | Self::CompanyHours | Self::Hours(_))
    }
}

impl Client {
    /// Reads a list of the directory, every page of it.
    ///
    /// # Errors
    /// As [`Client::account`]; one page that cannot be had is an error.
    pub async fn directory(&self, resource: Resource) -> Result<DirectoryList, Error> {
        let (mut entries, mut known) = (Vec::new(), HashSet::new());
        let (mut readable, mut announced, path) = (true, 0, resource.path());
        for number in 1u32.. {
            let query = [("page", number.to_string()), ("perPage", "1000".to_owned())];
            let request = Request {
                query: if resource.is_one() { &[] } else { &query },
                ..Request::new(resource.counted(), &path, "a list of the directory")
            };
            let page = self.get(&request, |body| Page::parse(&body, resource)).await?;
            let before = entries.len();
            readable &= page.readable;
            announced = announced.max(page.total);
            entries.extend(page.entries.into_iter().filter(|it| known.insert(it.id.clone())));
            // A page with nothing new is the last one, whatever the server names.
            if !page.has_next || entries.len() == before {
                readable &= !page.has_next;
                break;
            }
        }
        let complete = readable && entries.len() as u64 >= announced;
        Ok(DirectoryList { entries, complete })
    }

    /// Whether a list could be asked for without anybody having to wait for it, or for what is more urgent.
    pub async fn has_room_for(&self, resource: Resource) -> bool {
        // Phone numbers count as calls do, and as long as that is not known from an answer, nothing else says so.
        let calls = resource != Resource::Numbers || self.limiter.has_room(Kind::CallLog).await;
        calls && self.limiter.has_room(resource.counted()).await
    }
}

/// A page of a list.
struct Page {
    entries: Vec<DirectoryEntry>,
    /// Every record on it was.
    readable: bool,
    has_next: bool,
    /// How many the whole list has; 0 if the server does not say.
    total: u64,
}

impl Page {
    fn parse(body: &str, resource: Resource) -> Result<Self, serde_json::Error> {
        let decode = |json: &str| {
            let entry = DirectoryEntry::decode(resource.kind(), json)?;
            let hours = resource.kind() == DirectoryKind::Hours;
            let extension = if hours { resource.of() } else { entry.extension };
            Some(DirectoryEntry { extension, ..entry })
        };
        if resource.is_one() {
            body::object::<serde::de::IgnoredAny>(body)?;
            let entries: Vec<_> = decode(body).into_iter().collect();
            let readable = !entries.is_empty();
            return Ok(Self { entries, readable, has_next: false, total: 0 });
        }
        let wire = WirePage::read(body)?;
        let entries: Vec<_> = wire.records.iter().filter_map(|json| decode(json.get())).collect();
        let readable = entries.len() == wire.records.len();
        if !readable {
            let skipped = wire.records.len() - entries.len();
            tracing::warn!(skipped, ?resource, "entries without a readable id are left out");
        }
        let (has_next, total) = (wire.has_next(), wire.total().unwrap_or(0));
        Ok(Self { entries, readable, has_next, total })
    }
}
