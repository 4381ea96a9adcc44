//! A running sandbox and a client of it.

use std::sync::Arc;

use callbook_sandbox::{CompanyOptions, Control, Credentials, Options, Plan, Sandbox, bind};
use callbook_synth::{Company, Extension, ExtensionKind};
use reqwest::{Client, RequestBuilder, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// Small enough to be scanned by every test, large enough to hold every kind of call.
pub fn options() -> Options {
    let listen = "127.0.0.1:0".parse().unwrap();
    let company = CompanyOptions {
        calls: 3_000,
        users: 8,
        until: Some("2024-03-01T00:00:00Z".parse().unwrap()),
        ..CompanyOptions::default()
    };
    // Its calls are years old.
    let recording_days = None;
    Options { listen, company, plan: Plan::Off, recording_days, ..Options::default() }
}

pub struct Server {
    pub url: String,
    pub company: Arc<Company>,
    pub credentials: Credentials,
    ordinary_jwt: SecretString,
    last_jwt: SecretString,
    pub http: Client,
}

impl Server {
    pub async fn start() -> Self {
        Self::run(bind(options()).await.unwrap())
    }

    pub fn run(sandbox: Sandbox) -> Self {
        let company = Arc::clone(sandbox.company());
        let ordinary = company.extensions().iter().find(|extension| is_ordinary(extension));
        let mut users = company.extensions().iter().filter(|e| e.kind == ExtensionKind::User);
        let last = users.next_back().unwrap().id;
        let server = Self {
            url: sandbox.server_url().to_owned(),
            credentials: sandbox.credentials().clone(),
            ordinary_jwt: sandbox.user_jwt(ordinary.unwrap().id).unwrap(),
            last_jwt: sandbox.user_jwt(last).unwrap(),
            company,
            http: Client::new(),
        };
        tokio::spawn(sandbox.run(std::future::pending()));
        server
    }

    /// A user who is no administrator.
    pub fn ordinary(&self) -> &Extension {
        self.company.extensions().iter().find(|extension| is_ordinary(extension)).unwrap()
    }

    pub async fn admin_token(&self) -> String {
        self.token(&self.credentials.jwt).await
    }

    pub async fn ordinary_token(&self) -> String {
        self.token(&self.ordinary_jwt).await
    }

    /// Of the last user, who may not read recordings.
    pub async fn last_token(&self) -> String {
        self.token(&self.last_jwt).await
    }

    async fn token(&self, jwt: &SecretString) -> String {
        let secret = self.credentials.client_secret.expose_secret();
        let fields = [("grant_type", JWT_BEARER), ("assertion", jwt.expose_secret())];
        let request = self.http.post(format!("{}/restapi/oauth/token", self.url));
        let request = request.basic_auth(&self.credentials.client_id, Some(secret)).form(&fields);
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        answer["access_token"].as_str().unwrap().to_owned()
    }

    /// A client of the control API.
    pub fn control(&self) -> Control {
        let credentials = &self.credentials;
        let secret = credentials.client_secret.clone();
        Control::new(&self.url, &credentials.client_id, secret).unwrap()
    }

    /// The truth about a log, an object for each record.
    pub async fn truth(&self, scope: &str) -> Vec<Value> {
        let url = format!("{}/sandbox/v1/truth?scope={scope}", self.url);
        let secret = self.credentials.client_secret.expose_secret();
        let request = self.http.get(url).basic_auth(&self.credentials.client_id, Some(secret));
        let text = request.send().await.unwrap().text().await.unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Every record of the account's log that a query lists, newest first.
    pub async fn listed(&self, query: &str, token: &str) -> Vec<Value> {
        let mut records = vec![];
        for page in 1.. {
            let path = format!(
                "/account/~/call-log?dateFrom=2020-01-01T00:00:00Z&perPage=1000&page={page}&{query}"
            );
            let (status, answer) = self.get_json(&path, token).await;
            assert_eq!(status, StatusCode::OK, "{answer}");
            records.extend(answer["records"].as_array().unwrap().iter().cloned());
            if answer["navigation"]["nextPage"].is_null() {
                break;
            }
        }
        records
    }

    pub fn get(&self, path: &str, token: &str) -> RequestBuilder {
        self.http.get(format!("{}/restapi/v1.0{path}", self.url)).bearer_auth(token)
    }

    pub async fn get_json(&self, path: &str, token: &str) -> (StatusCode, Value) {
        let response = self.get(path, token).send().await.unwrap();
        (response.status(), response.json().await.unwrap())
    }
}

fn is_ordinary(extension: &Extension) -> bool {
    extension.kind == ExtensionKind::User && !extension.admin
}

/// The ids of a page's records, in their order.
pub fn ids(page: &Value) -> Vec<&str> {
    page["records"].as_array().unwrap().iter().map(|r| r["id"].as_str().unwrap()).collect()
}
