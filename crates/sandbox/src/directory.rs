//! The synthetic company's people, in the API's shapes.

use std::sync::Arc;

use callbook_api::{AccountId, Directory, ExtensionId, PortError, UserPermission};
use callbook_synth::{Company, Extension, ExtensionKind};
use serde_json::Value;

/// What the list form of an extension has of its full form (`GetExtensionListInfoResponse`).
const EXTENSION_LIST_FIELDS: [&str; 19] = [
    "id",
    "uri",
    "contact",
    "extensionNumber",
    "name",
    "permissions",
    "profileImage",
    "references",
    "status",
    "type",
    "subType",
    "callQueueInfo",
    "hidden",
    "roles",
    "site",
    "assignedCountry",
    "costCenter",
    "creationTime",
    "alertTimer",
];

/// What the list form of a queue has of its full form (`CallQueueInfo`).
const QUEUE_LIST_FIELDS: [&str; 7] =
    ["uri", "id", "extensionNumber", "name", "status", "subType", "site"];

/// What everybody may do who is not an administrator; the last user lacks the last of it.
const ORDINARY: [UserPermission; 6] = [
    UserPermission::ReadCompanyInfo,
    UserPermission::ReadCompanyPhoneNumbers,
    UserPermission::ReadExtensions,
    UserPermission::ReadUserPhoneNumbers,
    UserPermission::ReadCallLog,
    UserPermission::ReadCallRecording,
];

pub(crate) struct SandboxDirectory(pub(crate) Arc<Company>);

impl SandboxDirectory {
    fn find(&self, id: ExtensionId) -> Option<&Extension> {
        self.0.extensions().iter().find(|extension| extension.id == id.0)
    }
}

impl Directory for SandboxDirectory {
    fn account_id(&self) -> AccountId {
        AccountId(self.0.account_id())
    }

    async fn account(&self) -> Result<Value, PortError> {
        Ok(self.0.account_json())
    }

    async fn business_hours(&self) -> Result<Value, PortError> {
        Ok(self.0.business_hours_json())
    }

    async fn extensions(&self) -> Result<Vec<Value>, PortError> {
        let short = |extension: &Extension| pick(&extension.json, &EXTENSION_LIST_FIELDS);
        Ok(self.0.extensions().iter().map(short).collect())
    }

    async fn extension(&self, id: ExtensionId) -> Result<Option<Value>, PortError> {
        Ok(self.find(id).map(|extension| extension.json.clone()))
    }

    async fn permissions(&self, user: ExtensionId) -> Result<Vec<UserPermission>, PortError> {
        let mut users = self.0.extensions().iter().filter(|each| each.kind == ExtensionKind::User);
        let last = users.next_back().map(|last| last.id);
        Ok(match self.find(user) {
            Some(user) if user.admin => UserPermission::ALL.to_vec(),
            Some(user) if Some(user.id) == last => ORDINARY[..ORDINARY.len() - 1].to_vec(),
            Some(user) if user.kind == ExtensionKind::User => ORDINARY.to_vec(),
            _ => Vec::new(),
        })
    }

    async fn phone_numbers(&self) -> Result<Vec<Value>, PortError> {
        Ok(self.0.phone_numbers())
    }

    async fn extension_phone_numbers(
        &self,
        extension: ExtensionId,
    ) -> Result<Vec<Value>, PortError> {
        Ok(self.0.extension_phone_numbers(extension.0))
    }

    async fn queues(&self) -> Result<Vec<Value>, PortError> {
        let queues = self.0.extensions().iter().filter_map(|e| self.0.queue_json(e.id));
        Ok(queues.map(|queue| pick(&queue, &QUEUE_LIST_FIELDS)).collect())
    }

    async fn queue(&self, id: ExtensionId) -> Result<Option<Value>, PortError> {
        Ok(self.0.queue_json(id.0))
    }

    async fn queue_members(&self, id: ExtensionId) -> Result<Option<Vec<ExtensionId>>, PortError> {
        let queue = self.find(id).filter(|extension| extension.kind == ExtensionKind::Queue);
        Ok(queue.map(|queue| queue.members.iter().copied().map(ExtensionId).collect()))
    }
}

fn pick(full: &Value, fields: &[&str]) -> Value {
    let present = fields.iter().filter_map(|&field| Some((field, full.get(field)?.clone())));
    present.map(|(field, value)| (field.to_owned(), value)).collect()
}
