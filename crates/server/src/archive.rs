//! One account of an archive, as it is served.

use std::sync::Arc;

use callbook_api::{ExtensionId, PortError, Scope, View};
use callbook_model::{Key, Links, Projected, Region, Span, project};
use callbook_store::{Account, AccountKey, CallFilter, Store};
use jiff::Timestamp;

use crate::failed;
use crate::staff::{Staff, StaffCache};

/// Records that begin in one millisecond of one telephony session, at most.
const PARTS: u32 = 10;

/// Where the server is.
#[derive(Debug, Clone)]
pub struct Addresses {
    /// What every `uri` begins with, without a trailing slash.
    pub server_url: String,
    /// As `server_url`, for recordings' sounds.
    pub media_url: String,
}

/// One account of an archive. Cheap to clone; clones share what is remembered.
#[derive(Debug, Clone)]
pub struct Archive {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    store: Store,
    account: Account,
    addresses: Addresses,
    staff: StaffCache,
}

/// Which of the archive's logs a log is served from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// From itself.
    Own(Scope),
    /// From the company's, as the extension had each call.
    Company(ExtensionId),
}

impl Source {
    /// The archive's log that it is.
    pub(crate) fn log(self) -> Scope {
        match self {
            Self::Own(scope) => scope,
            Self::Company(_) => Scope::Account,
        }
    }
}

impl Archive {
    /// Serves `account` of the archive.
    #[must_use]
    pub fn new(store: Store, account: Account, addresses: Addresses) -> Self {
        let staff = StaffCache::default();
        Self { shared: Arc::new(Shared { store, account, addresses, staff }) }
    }

    /// The account that is served.
    #[must_use]
    pub fn account(&self) -> &Account {
        &self.shared.account
    }

    pub(crate) fn store(&self) -> &Store {
        &self.shared.store
    }

    pub(crate) fn key(&self) -> AccountKey {
        self.shared.account.key
    }

    pub(crate) fn home(&self) -> Region {
        self.shared.account.home
    }

    pub(crate) fn server_url(&self) -> &str {
        &self.shared.addresses.server_url
    }

    /// Who works there, as of a few seconds ago at most.
    pub(crate) async fn staff(&self) -> Result<Arc<Staff>, PortError> {
        self.shared.staff.get(self).await
    }

    /// Where the archive has a log of its own for an extension, that is the extension's.
    pub(crate) async fn source(&self, scope: Scope) -> Result<Source, PortError> {
        Ok(match scope {
            Scope::Extension(id) if !self.staff().await?.logs.contains(&scope) => {
                Source::Company(id)
            }
            _ => Source::Own(scope),
        })
    }

    /// A record of the company's as an extension had the call; `None` if it took no part, or if its part has another
    /// record of the company's.
    pub(crate) async fn project(
        &self,
        json: &str,
        extension: ExtensionId,
    ) -> Result<Option<Projected>, PortError> {
        let Some(own) = project(json, extension) else { return Ok(None) };
        let Some(session) = own.passed_on.clone() else { return Ok(Some(own)) };
        let moment = |ms| Timestamp::from_millisecond(ms).unwrap_or_default();
        let span = Span { from: moment(own.start_ms), to: moment(own.start_ms + 1) };
        let keys = vec![Key::Extension(extension), Key::TelephonySession(session)];
        let filter = CallFilter { keys, deleted: true, ..CallFilter::new(Scope::Account, span) };
        let others = self.store().whole_calls(self.key(), filter, None, PARTS).await;
        let others = others.map_err(failed)?.into_iter().filter_map(|row| row.json);
        let mut others = others.filter_map(|json| project(&json, extension));
        Ok((!others.any(|other| own.repeats(&other))).then_some(own))
    }

    /// A text of upstream's with links that lead here.
    pub(crate) fn lead(&self, json: &str, view: View) -> String {
        let Addresses { server_url, media_url } = &self.shared.addresses;
        let view = match view {
            View::Simple => "Simple",
            View::Detailed => "Detailed",
        };
        Links { server_url, media_url, view }.lead(json)
    }
}
