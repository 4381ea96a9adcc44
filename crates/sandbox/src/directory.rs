//! The synthetic company's people, in the API's shapes.

use std::sync::Arc;

use callbook_api::{AccountId, Directory, ExtensionId, PortError, UserPermission};
use callbook_synth::Company;
use serde_json::Value;

use crate::world::{Staff, World};

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
const ORDINARY: [UserPermission; 8] = [
    UserPermission::ReadCompanyInfo,
    UserPermission::ReadCompanyPhoneNumbers,
    UserPermission::ReadExtensions,
    UserPermission::ReadUserPhoneNumbers,
    UserPermission::ReadCallLog,
    UserPermission::EditCallLog,
    UserPermission::ReadPresenceStatus,
    UserPermission::ReadCallRecording,
];

/// What the form of a site has of its extension's full form.
const SITE_FIELDS: [&str; 3] = ["name", "extensionNumber", "regionalSettings"];

pub(crate) struct SandboxDirectory(pub(crate) Arc<World>);

impl SandboxDirectory {
    fn company(&self) -> &Company {
        &self.0.company
    }

    fn staff(&self) -> Arc<Staff> {
        self.0.staff()
    }
}

impl Directory for SandboxDirectory {
    fn account_id(&self) -> AccountId {
        AccountId(self.company().account_id())
    }

    async fn account(&self) -> Result<Value, PortError> {
        Ok(self.company().account_json())
    }

    async fn business_hours(&self) -> Result<Value, PortError> {
        Ok(self.staff().hours(self.company(), None).unwrap_or_default())
    }

    async fn extension_business_hours(&self, id: ExtensionId) -> Result<Option<Value>, PortError> {
        Ok(self.staff().hours(self.company(), Some(id.0)))
    }

    async fn extensions(&self) -> Result<Vec<Value>, PortError> {
        let extensions = self.staff().extensions(self.company());
        Ok(extensions.iter().map(|full| pick(full, &EXTENSION_LIST_FIELDS)).collect())
    }

    async fn extension(&self, id: ExtensionId) -> Result<Option<Value>, PortError> {
        Ok(self.staff().extension(self.company(), id.0))
    }

    async fn permissions(&self, user: ExtensionId) -> Result<Vec<UserPermission>, PortError> {
        let company = self.company();
        let staff = self.staff();
        let mut users = company
            .extensions()
            .iter()
            .filter(|each| each.kind == callbook_synth::ExtensionKind::User);
        let last = users.next_back().map(|last| last.id);
        let extension = staff.extension(company, user.0);
        Ok(match extension.filter(|extension| extension["type"] == "User") {
            Some(user) if user["permissions"]["admin"]["enabled"] == true => {
                UserPermission::ALL.to_vec()
            }
            Some(_) if Some(user.0) == last => ORDINARY[..ORDINARY.len() - 1].to_vec(),
            Some(_) => ORDINARY.to_vec(),
            None => Vec::new(),
        })
    }

    async fn sites(&self) -> Result<Vec<Value>, PortError> {
        let extensions = self.staff().extensions(self.company());
        Ok(extensions.iter().filter(|full| full["type"] == "Site").map(site).collect())
    }

    async fn phone_numbers(&self) -> Result<Vec<Value>, PortError> {
        let staff = self.staff();
        Ok(self.company().phone_numbers().into_iter().map(|each| staff.number(each)).collect())
    }

    async fn extension_phone_numbers(
        &self,
        extension: ExtensionId,
    ) -> Result<Vec<Value>, PortError> {
        let (staff, numbers) = (self.staff(), self.company().extension_phone_numbers(extension.0));
        Ok(numbers.into_iter().map(|each| staff.number(each)).collect())
    }

    async fn queues(&self) -> Result<Vec<Value>, PortError> {
        let (staff, company) = (self.staff(), self.company());
        let queues = company.extensions().iter().filter_map(|each| staff.queue(company, each.id));
        Ok(queues.map(|queue| pick(&queue, &QUEUE_LIST_FIELDS)).collect())
    }

    async fn queue(&self, id: ExtensionId) -> Result<Option<Value>, PortError> {
        Ok(self.staff().queue(self.company(), id.0))
    }

    async fn queue_members(&self, id: ExtensionId) -> Result<Option<Vec<ExtensionId>>, PortError> {
        let members = self.staff().members(self.company(), id.0);
        Ok(members.map(|members| members.into_iter().map(ExtensionId).collect()))
    }
}

/// Sites have ids that are texts, and link to themselves.
fn site(extension: &Value) -> Value {
    let mut site = pick(extension, &SITE_FIELDS);
    site["id"] = extension["id"].to_string().into();
    site["uri"] = extension["site"]["uri"].clone();
    site["code"] = extension["site"]["code"].clone();
    site
}

fn pick(full: &Value, fields: &[&str]) -> Value {
    let present = fields.iter().filter_map(|&field| Some((field, full.get(field)?.clone())));
    present.map(|(field, value)| (field.to_owned(), value)).collect()
}
