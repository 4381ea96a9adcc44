//! The mirrored directory, in the API's shapes.

use callbook_api::{AccountId, Directory, ExtensionId, PortError, UserPermission, View};
use callbook_model::DirectoryKind;
use callbook_store::Fact;
use serde_json::{Value, json};

use crate::archive::Archive;
use crate::failed;

/// The people of an archived account, as upstream last listed them.
#[derive(Debug, Clone)]
pub struct ArchiveDirectory(pub Archive);

impl ArchiveDirectory {
    async fn facts(&self, kind: DirectoryKind) -> Result<Vec<Fact>, PortError> {
        self.0.store().directory_at(self.0.key(), kind, i64::MAX).await.map_err(failed)
    }

    async fn list(&self, kind: DirectoryKind) -> Result<Vec<Value>, PortError> {
        Ok(self.facts(kind).await?.iter().filter_map(|fact| self.value(fact)).collect())
    }

    fn value(&self, fact: &Fact) -> Option<Value> {
        serde_json::from_str(&self.0.lead(&fact.entry.json, View::Detailed)).ok()
    }

    /// The one entry of a list of one, such as somebody's hours.
    async fn only(&self, kind: DirectoryKind, part: u64) -> Result<Option<Value>, PortError> {
        let facts = self.facts(kind).await?;
        Ok(facts.iter().find(|fact| fact.part == part).and_then(|fact| self.value(fact)))
    }

    fn account_url(&self) -> String {
        format!("{}/restapi/v1.0/account/{}", self.0.server_url(), self.account_id())
    }
}

impl Directory for ArchiveDirectory {
    fn account_id(&self) -> AccountId {
        self.0.account().id
    }

    /// Before it was mirrored, what signing in has shown.
    async fn account(&self) -> Result<Value, PortError> {
        let least = || {
            json!({
                "id": self.account_id(),
                "uri": self.account_url(),
                "mainNumber": self.0.account().main_number,
            })
        };
        Ok(self.only(DirectoryKind::Account, 0).await?.unwrap_or_else(least))
    }

    async fn business_hours(&self) -> Result<Value, PortError> {
        let uri = || format!("{}/business-hours", self.account_url());
        let found = self.only(DirectoryKind::Hours, 0).await?;
        Ok(found.unwrap_or_else(|| json!({ "uri": uri(), "schedule": {} })))
    }

    /// Those of queues are mirrored; of others nothing is known, which reads as around the clock.
    async fn extension_business_hours(&self, id: ExtensionId) -> Result<Option<Value>, PortError> {
        if self.extension(id).await?.is_none() {
            return Ok(None);
        }
        let uri = || format!("{}/extension/{id}/business-hours", self.account_url());
        let found = self.only(DirectoryKind::Hours, id.0).await?;
        Ok(Some(found.unwrap_or_else(|| json!({ "uri": uri(), "schedule": {} }))))
    }

    async fn extensions(&self) -> Result<Vec<Value>, PortError> {
        Ok(self.0.staff().await?.extensions.clone())
    }

    async fn extension(&self, id: ExtensionId) -> Result<Option<Value>, PortError> {
        Ok(self.0.staff().await?.extension(id).cloned())
    }

    async fn sites(&self) -> Result<Vec<Value>, PortError> {
        self.list(DirectoryKind::Site).await
    }

    async fn permissions(&self, user: ExtensionId) -> Result<Vec<UserPermission>, PortError> {
        Ok(self.0.staff().await?.permissions(user))
    }

    async fn phone_numbers(&self) -> Result<Vec<Value>, PortError> {
        self.list(DirectoryKind::Number).await
    }

    async fn extension_phone_numbers(
        &self,
        extension: ExtensionId,
    ) -> Result<Vec<Value>, PortError> {
        let facts = self.facts(DirectoryKind::Number).await?;
        let own = facts.iter().filter(|fact| fact.entry.extension == Some(extension));
        Ok(own.filter_map(|fact| self.value(fact)).collect())
    }

    async fn queues(&self) -> Result<Vec<Value>, PortError> {
        self.list(DirectoryKind::Queue).await
    }

    async fn queue(&self, id: ExtensionId) -> Result<Option<Value>, PortError> {
        let facts = self.facts(DirectoryKind::Queue).await?;
        let found = facts.iter().find(|fact| fact.entry.extension == Some(id));
        Ok(found.and_then(|fact| self.value(fact)))
    }

    async fn queue_members(&self, id: ExtensionId) -> Result<Option<Vec<ExtensionId>>, PortError> {
        if self.queue(id).await?.is_none() {
            return Ok(None);
        }
        let facts = self.facts(DirectoryKind::Member).await?;
        let members = facts.iter().filter(|fact| fact.part == id.0);
        Ok(Some(members.filter_map(|fact| fact.entry.extension).collect()))
    }
}
