//! `callbook serve` in a process of its own, and what is asked of it.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use reqwest::RequestBuilder;
use serde_json::Value;

use super::{Place, RUNTIME};

/// The server of a place's archive; killed when dropped.
pub struct Served {
    process: Child,
    pub url: String,
}

impl Served {
    /// Answers once this has returned.
    pub fn start(place: &Place, options: &str) -> Self {
        let mut command = place.callbook(&format!("serve --listen 127.0.0.1:0 {options}"));
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim().strip_prefix("listening on ").unwrap().to_owned();
        Self { process, url }
    }

    pub fn signal(&self, name: &str) {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &id]).status().unwrap().success());
    }

    /// Its exit code, once it has ended.
    pub fn wait(&mut self) -> Option<i32> {
        self.process.wait().unwrap().code()
    }

    pub fn kill(mut self) {
        self.signal("KILL");
        assert_eq!(self.wait(), None);
    }

    /// A place that signs in here with what an env file of `place` has.
    pub fn client(&self, place: &Place, file: &str) -> Place {
        let variables = variables(place, file).into_iter();
        variables
            .filter(|(name, _)| name != "RC_SERVER_URL")
            .fold(Place::new().with("RC_SERVER_URL", &self.url), |client, (name, value)| {
                client.with(&name, &value)
            })
    }

    /// Signs in with what an env file of `place` has.
    pub fn sign_in(&self, place: &Place, file: &str) -> (u16, Value) {
        let variables = variables(place, file);
        let value = |wanted: &str| {
            let found = variables.iter().find(|(name, _)| name == wanted);
            found.map(|(_, value)| value.as_str()).unwrap()
        };
        let grant = "urn:ietf:params:oauth:grant-type:jwt-bearer";
        let form = [("grant_type", grant), ("assertion", value("RC_USER_JWT"))];
        let request = HTTP.post(format!("{}/restapi/oauth/token", self.url)).form(&form);
        let (id, secret) = (value("RC_APP_CLIENT_ID"), value("RC_APP_CLIENT_SECRET"));
        answer(request.basic_auth(id, Some(secret)))
    }

    /// The access token of somebody who signs in so.
    pub fn token(&self, place: &Place, file: &str) -> String {
        let (status, body) = self.sign_in(place, file);
        assert_eq!(status, 200, "{body}");
        body["access_token"].as_str().unwrap().to_owned()
    }

    /// What an app without a secret is answered.
    pub fn grant(&self, form: &[(&str, &str)]) -> (u16, Value) {
        answer(HTTP.post(format!("{}/restapi/oauth/token", self.url)).form(form))
    }

    pub fn get(&self, path: &str, token: &str) -> (u16, Value) {
        answer(HTTP.get(format!("{}/restapi/v1.0{path}", self.url)).bearer_auth(token))
    }

    pub fn post(&self, path: &str, token: &str, body: &Value) -> (u16, Value) {
        let url = format!("{}/restapi/v1.0{path}", self.url);
        answer(HTTP.post(url).bearer_auth(token).json(body))
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

static HTTP: std::sync::LazyLock<reqwest::Client> =
    std::sync::LazyLock::new(|| reqwest::Client::builder().no_proxy().build().unwrap());

/// Status and JSON of an answer.
fn answer(request: RequestBuilder) -> (u16, Value) {
    RUNTIME.block_on(async {
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap_or_default())
    })
}

fn variables(place: &Place, file: &str) -> Vec<(String, String)> {
    let text = std::fs::read_to_string(place.path(file)).unwrap();
    let lines = text.lines().filter_map(|line| line.split_once('='));
    lines.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}
