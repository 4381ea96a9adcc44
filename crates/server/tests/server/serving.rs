//! An archive's server, and a client of it.

use std::sync::Arc;

use callbook_api::{
    Api, App, AppScope, Apps, Config, ExtensionId, Hub, MemorySubscriptions, MemoryTokens,
    NoAnalytics, Plan, PlanLimiter, PortError, PushOptions, ServeOptions, SyncKey, router, serve,
};
use callbook_server::{
    Addresses, Archive, ArchiveCallLog, ArchiveDirectory, ArchiveJournal, ArchivePorts,
    ArchiveRecordings, shell,
};
use reqwest::{Client, Response};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use tokio::net::TcpListener;

use crate::company::{Archived, company};

/// Every app there is, for every user: `jwt-of-ID` is a JWT.
pub struct Everybody;

impl Apps for Everybody {
    async fn find(&self, client_id: &str) -> Result<Option<App>, PortError> {
        let (client_id, scopes) = (client_id.to_owned(), AppScope::ALL.to_vec());
        let (public, redirect_uris) = (true, Vec::new());
        let (name, masks_numbers) = ("Everybody's".to_owned(), false);
        Ok(Some(App { client_id, name, scopes, public, redirect_uris, masks_numbers }))
    }

    async fn authenticate(
        &self,
        client_id: &str,
        _: Option<&SecretString>,
    ) -> Result<Option<App>, PortError> {
        self.find(client_id).await
    }

    async fn jwt_owner(
        &self,
        _: &App,
        jwt: &SecretString,
    ) -> Result<Option<ExtensionId>, PortError> {
        Ok(jwt.expose_secret().strip_prefix("jwt-of-").and_then(|id| id.parse().ok()))
    }

    async fn password_owner(
        &self,
        _: &str,
        _: &SecretString,
    ) -> Result<Option<ExtensionId>, PortError> {
        Ok(None)
    }
}

pub struct Served {
    pub url: String,
    pub archived: Archived,
    pub http: Client,
}

impl Served {
    pub async fn new(archived: Archived) -> Self {
        Self::with(archived, ServeOptions::default()).await
    }

    pub async fn with(archived: Archived, options: ServeOptions) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let addresses = Addresses { server_url: url.clone(), media_url: url.clone() };
        let archive = Archive::new(archived.store.clone(), archived.account.clone(), addresses);
        let ports = ArchivePorts {
            call_log: ArchiveCallLog(archive.clone()),
            recordings: ArchiveRecordings { archive: archive.clone(), place: None },
            directory: ArchiveDirectory(archive.clone()),
            apps: Everybody,
            tokens: MemoryTokens::default(),
            limiter: Arc::new(PlanLimiter::new(Plan::Off)),
            subscriptions: MemorySubscriptions::default(),
            journal: ArchiveJournal(archive),
            analytics: NoAnalytics,
        };
        let config = Config {
            server_url: url.clone(),
            media_url: url.clone(),
            sync_key: SyncKey::new([1; 32]),
            refresh_grace: std::time::Duration::ZERO,
            hub: Hub::default(),
            push: PushOptions::default(),
        };
        let open = Arc::clone(&options.open_connections);
        let app = shell(router(Api::new(ports, config)), archived.store.clone(), open);
        tokio::spawn(serve(listener, app, options, std::future::pending()));
        Self { url, archived, http: Client::new() }
    }

    pub async fn token(&self, user: u64) -> String {
        token(&self.http, &self.url, "app", None, &format!("jwt-of-{user}")).await
    }

    pub async fn get(&self, path: &str, token: &str) -> Response {
        let url = format!("{}/restapi/v1.0{path}", self.url);
        self.http.get(url).bearer_auth(token).send().await.unwrap()
    }

    pub async fn json(&self, path: &str, token: &str) -> Value {
        let response = self.get(path, token).await;
        assert_eq!(response.status(), 200, "{path}");
        response.json().await.unwrap()
    }

    /// What an administrator gets, as text.
    pub async fn text(&self, path: &str) -> String {
        let token = self.token(company().admin).await;
        self.get(path, &token).await.text().await.unwrap()
    }
}

/// What the sandbox answers an administrator.
pub async fn sandbox_text(http: &Client, path: &str) -> String {
    let company = company();
    let secret = company.credentials.client_secret.expose_secret();
    let jwt = company.credentials.jwt.expose_secret();
    let id = &company.credentials.client_id;
    let token = token(http, &company.url, id, Some(secret), jwt).await;
    let url = format!("{}/restapi/v1.0{path}", company.url);
    http.get(url).bearer_auth(token).send().await.unwrap().text().await.unwrap()
}

pub async fn token(
    http: &Client,
    url: &str,
    client_id: &str,
    secret: Option<&str>,
    jwt: &str,
) -> String {
    let grant = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    let mut form = vec![("grant_type", grant), ("assertion", jwt)];
    let request = http.post(format!("{url}/restapi/oauth/token"));
    let request = match secret {
        Some(secret) => request.basic_auth(client_id, Some(secret)),
        None => {
            form.push(("client_id", client_id));
            request
        }
    };
    let answer: Value = request.form(&form).send().await.unwrap().json().await.unwrap();
    answer["access_token"].as_str().unwrap().to_owned()
}
