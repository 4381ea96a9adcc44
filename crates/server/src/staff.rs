//! Who works at the company, remembered for some seconds: every request asks what its caller may do.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use callbook_api::{ExtensionId, PortError, Scope, UserPermission, View};
use callbook_model::DirectoryKind;
use serde_json::Value;
use tokio::sync::RwLock;

use crate::apps::may_sign_in;
use crate::archive::Archive;
use crate::failed;

/// A sync in another process that changes the directory is noticed so much later, at most.
const MEMORY: Duration = Duration::from_secs(10);

/// What everybody may do who can sign in: read their own calls and recordings, and the directory.
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

/// What nobody may do here: an archive keeps what upstream deletes, and what it was told to keep.
const NOBODYS: UserPermission = UserPermission::EditCompanyCallRecordings;

/// The company's extensions, as the archive knew them at one moment.
#[derive(Debug)]
pub(crate) struct Staff {
    /// Every extension, in the archive's order.
    pub(crate) extensions: Vec<Value>,
    /// The logs that the archive has calls of.
    pub(crate) logs: Vec<Scope>,
    places: HashMap<ExtensionId, usize>,
    /// By their short numbers.
    numbers: HashMap<String, ExtensionId>,
}

impl Staff {
    async fn read(archive: &Archive) -> Result<Self, PortError> {
        let (store, key) = (archive.store(), archive.key());
        let facts = store.directory_at(key, DirectoryKind::Extension, i64::MAX).await;
        let facts = facts.map_err(failed)?;
        let (mut extensions, mut places) = (Vec::with_capacity(facts.len()), HashMap::new());
        let mut numbers = HashMap::new();
        for fact in facts {
            let json = archive.lead(&fact.entry.json, View::Detailed);
            let Ok(json) = serde_json::from_str::<Value>(&json) else { continue };
            if let Some(id) = fact.entry.extension {
                places.insert(id, extensions.len());
                let number = json["extensionNumber"].as_str();
                numbers.extend(number.map(|number| (number.to_owned(), id)));
            }
            extensions.push(json);
        }
        let logs = store.scopes(key).await.map_err(failed)?;
        Ok(Self { extensions, logs, places, numbers })
    }

    pub(crate) fn extension(&self, id: ExtensionId) -> Option<&Value> {
        self.extensions.get(*self.places.get(&id)?)
    }

    /// Who has a short number.
    pub(crate) fn numbered(&self, number: &str) -> Option<ExtensionId> {
        self.numbers.get(number).copied()
    }

    /// What a user may do; nothing for whoever cannot sign in.
    pub(crate) fn permissions(&self, user: ExtensionId) -> Vec<UserPermission> {
        self.extension(user).map(permissions_of).unwrap_or_default()
    }
}

/// What an extension of the directory may do; nothing if it is nobody who signs in.
#[must_use]
pub fn permissions_of(extension: &Value) -> Vec<UserPermission> {
    if !may_sign_in(extension["type"].as_str(), extension["status"].as_str()) {
        return Vec::new();
    }
    if extension["permissions"]["admin"]["enabled"] != true {
        return ORDINARY.to_vec();
    }
    let all = UserPermission::ALL.iter().copied();
    all.filter(|permission| *permission != NOBODYS).collect()
}

/// The staff as last read.
#[derive(Debug, Default)]
pub(crate) struct StaffCache(RwLock<Option<(Instant, Arc<Staff>)>>);

impl StaffCache {
    pub(crate) async fn get(&self, archive: &Archive) -> Result<Arc<Staff>, PortError> {
        let fresh = |known: &Option<(Instant, Arc<Staff>)>| {
            let known = known.as_ref().filter(|(read, _)| read.elapsed() < MEMORY);
            known.map(|(_, staff)| Arc::clone(staff))
        };
        if let Some(staff) = fresh(&*self.0.read().await) {
            return Ok(staff);
        }
        // One reads, the others wait for it.
        let mut known = self.0.write().await;
        if let Some(staff) = fresh(&known) {
            return Ok(staff);
        }
        let staff = Arc::new(Staff::read(archive).await?);
        *known = Some((Instant::now(), Arc::clone(&staff)));
        Ok(staff)
    }
}
