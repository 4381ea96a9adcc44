//! The one app of the sandbox, and the JWTs of its users.

use std::sync::Arc;

use callbook_api::{App, AppScope, Apps, ExtensionId, PortError};
use callbook_synth::{Company, ExtensionKind};
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

use crate::credentials::{Credentials, claimed_user, user_jwt};

/// What the app is registered with.
const SCOPES: [AppScope; 3] =
    [AppScope::ReadAccounts, AppScope::ReadCallLog, AppScope::ReadCallRecording];

pub(crate) struct SandboxApps {
    company: Arc<Company>,
    credentials: Credentials,
}

impl SandboxApps {
    pub(crate) fn new(company: Arc<Company>, credentials: Credentials) -> Self {
        Self { company, credentials }
    }

    fn is_user(&self, id: u64) -> bool {
        let mut users = self.company.extensions().iter();
        users.any(|extension| extension.id == id && extension.kind == ExtensionKind::User)
    }
}

impl Apps for SandboxApps {
    async fn authenticate(
        &self,
        client_id: &str,
        secret: Option<&SecretString>,
    ) -> Result<Option<App>, PortError> {
        // The app is confidential: an id without a secret is not enough.
        let Some(secret) = secret else { return Ok(None) };
        let known = same(client_id, &self.credentials.client_id)
            & same(secret.expose_secret(), self.credentials.client_secret.expose_secret());
        Ok(known.then(|| App { client_id: client_id.to_owned(), scopes: SCOPES.to_vec() }))
    }

    async fn jwt_owner(
        &self,
        _app: &App,
        assertion: &SecretString,
    ) -> Result<Option<ExtensionId>, PortError> {
        let assertion = assertion.expose_secret();
        let Some(user) = claimed_user(assertion).filter(|&id| self.is_user(id)) else {
            return Ok(None);
        };
        let expected = user_jwt(self.company.config().seed, user);
        Ok(same(assertion, expected.expose_secret()).then_some(ExtensionId(user)))
    }
}

fn same(left: &str, right: &str) -> bool {
    left.as_bytes().ct_eq(right.as_bytes()).into()
}
