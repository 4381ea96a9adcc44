//! The sandbox's two apps, and how its users sign in to them.

use std::sync::Arc;

use callbook_api::{App, AppScope, Apps, ExtensionId, PortError};
use callbook_synth::{Company, Extension, ExtensionKind};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use subtle::ConstantTimeEq;

use crate::credentials::{Credentials, claimed_user, user_jwt};

/// Where both apps may send users back to: to this machine.
const REDIRECT_URIS: [&str; 2] = ["http://127.0.0.1/callback", "http://localhost/callback"];

pub(crate) struct SandboxApps {
    pub(crate) company: Arc<Company>,
    pub(crate) credentials: Credentials,
    /// What both apps are registered with.
    pub(crate) scopes: Vec<AppScope>,
}

impl SandboxApps {
    fn app(&self, client_id: &str, public: bool) -> App {
        let redirect_uris = REDIRECT_URIS.map(str::to_owned).to_vec();
        let (client_id, name) = (client_id.to_owned(), client_id.to_owned());
        let scopes = self.scopes.clone();
        App { client_id, name, scopes, public, redirect_uris, masks_numbers: false }
    }

    fn is_user(&self, id: u64) -> bool {
        let mut users = self.company.extensions().iter();
        users.any(|extension| extension.id == id && extension.kind == ExtensionKind::User)
    }
}

impl Apps for SandboxApps {
    async fn find(&self, client_id: &str) -> Result<Option<App>, PortError> {
        let public = client_id == self.credentials.public_client_id;
        let known = public || client_id == self.credentials.client_id;
        Ok(known.then(|| self.app(client_id, public)))
    }

    async fn authenticate(
        &self,
        client_id: &str,
        secret: Option<&SecretString>,
    ) -> Result<Option<App>, PortError> {
        let is_right = |secret: &SecretString| {
            same(secret.expose_secret(), self.credentials.client_secret.expose_secret())
        };
        // Of the confidential app an id without a secret is not enough.
        let found = self.find(client_id).await?;
        Ok(found.filter(|app| secret.map_or(app.public, |secret| !app.public && is_right(secret))))
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

    async fn password_owner(
        &self,
        username: &str,
        password: &SecretString,
    ) -> Result<Option<ExtensionId>, PortError> {
        if !same(password.expose_secret(), self.credentials.password.expose_secret()) {
            return Ok(None);
        }
        let named = |extension: &&Extension| {
            let json = &extension.json;
            [&json["extensionNumber"], &json["contact"]["email"], &json["name"]]
                .into_iter()
                .filter_map(Value::as_str)
                .any(|name| name.eq_ignore_ascii_case(username.trim()))
        };
        let mut users = self.company.extensions().iter();
        let user = users.find(|each| each.kind == ExtensionKind::User && named(each));
        Ok(user.map(|user| ExtensionId(user.id)))
    }
}

fn same(left: &str, right: &str) -> bool {
    left.as_bytes().ct_eq(right.as_bytes()).into()
}
