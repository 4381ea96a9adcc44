//! A running server and a client of it.

use std::time::Duration;

use callbook_api::{
    Api, Config, ExtensionId, Hub, Plan, PushOptions, ServeOptions, SyncKey, deliver, router, serve,
};
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde_json::Value;
use tokio::net::TcpListener;

use crate::company::{TestPorts, USER};

/// How long a refresh token may be shown again.
pub const REFRESH_GRACE: Duration = Duration::from_secs(60);

/// Where sounds are said to be.
pub const MEDIA_URL: &str = "http://media.example";

const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

pub struct Server {
    pub url: String,
    pub ports: TestPorts,
    pub http: Client,
    pub hub: Hub,
}

impl Server {
    pub async fn start(plan: Plan) -> Self {
        Self::start_with(plan, ServeOptions::default()).await
    }

    pub async fn start_with(plan: Plan, options: ServeOptions) -> Self {
        Self::start_pushing(plan, options, PushOptions::default()).await
    }

    pub async fn start_pushing(plan: Plan, options: ServeOptions, push: PushOptions) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (ports, hub) = (TestPorts::new(plan), Hub::default());
        let api = Api::new(
            ports.clone(),
            Config {
                server_url: url.clone(),
                media_url: MEDIA_URL.to_owned(),
                sync_key: SyncKey::new([7; 32]),
                refresh_grace: REFRESH_GRACE,
                hub: hub.clone(),
                push,
            },
        );
        // Redirects are answers to look at.
        let http = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        tokio::spawn(deliver(api.clone()));
        tokio::spawn(serve(listener, router(api), options, std::future::pending()));
        Self { url, ports, http, hub }
    }

    pub fn get(&self, path: &str, token: &str) -> RequestBuilder {
        self.http.get(format!("{}/restapi/v1.0{path}", self.url)).bearer_auth(token)
    }

    pub async fn get_json(&self, path: &str, token: &str) -> (StatusCode, Value) {
        json(self.get(path, token).send().await.unwrap()).await
    }

    /// A token request of the confidential app.
    pub fn token_request(&self, fields: &[(&str, &str)]) -> RequestBuilder {
        self.token_request_of("app", fields)
    }

    pub fn token_request_of(&self, app: &str, fields: &[(&str, &str)]) -> RequestBuilder {
        let url = format!("{}/restapi/oauth/token", self.url);
        self.http.post(url).basic_auth(app, Some("secret")).form(fields)
    }

    pub fn jwt_request(&self, app: &str, user: ExtensionId) -> RequestBuilder {
        let jwt = format!("jwt-of-{user}");
        self.token_request_of(app, &[("grant_type", JWT_BEARER), ("assertion", &jwt)])
    }

    /// The tokens of a user.
    pub async fn login(&self, app: &str, user: ExtensionId) -> Value {
        let (status, tokens) = json(self.jwt_request(app, user).send().await.unwrap()).await;
        assert_eq!(status, StatusCode::OK, "{tokens}");
        tokens
    }

    /// The access token of a user.
    pub async fn access_token(&self, user: ExtensionId) -> String {
        text(&self.login("app", user).await["access_token"])
    }

    /// The access token of a user without special rights.
    pub async fn user_token(&self) -> String {
        self.access_token(USER).await
    }
}

pub async fn json(response: Response) -> (StatusCode, Value) {
    let status = response.status();
    (status, response.json().await.unwrap())
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// The `errorCode` of an answer's first error.
pub fn error_code(body: &Value) -> &str {
    body["errors"][0]["errorCode"].as_str().unwrap_or_default()
}
