//! A user with a browser, and the file that a login is kept in.

use std::path::PathBuf;

use base64::Engine as _;
use secrecy::ExposeSecret as _;
use serde_json::Value;

use super::place::Running;
use super::{Company, Place, RUNTIME, wait_until};

/// The program's browser: it leaves the address where the test finds it.
const SCRIPT: &str = "#!/bin/sh\nprintf %s \"$1\" > address.part && mv address.part address\n";

/// Somebody who opens pages and fills forms.
pub struct Browser {
    http: reqwest::Client,
}

impl Browser {
    pub fn new() -> Self {
        Self { http: reqwest::Client::builder().no_proxy().build().unwrap() }
    }

    /// Starts `callbook login` and gives the address that it opens.
    pub fn opened_by(place: &Place, arguments: &str) -> (Running, String) {
        use std::os::unix::fs::PermissionsExt;
        place.write("browser", SCRIPT);
        let script = place.path("browser");
        std::fs::set_permissions(&script, PermissionsExt::from_mode(0o700)).unwrap();
        let mut login = place.start_with(arguments, &[("BROWSER", script.to_str().unwrap())]);
        let address = place.path("address");
        wait_until("the browser", || address.exists() || login.is_over());
        let text = std::fs::read_to_string(&address).unwrap();
        std::fs::remove_file(address).unwrap();
        (login, text)
    }

    /// Status and body of a page.
    pub fn get(&self, address: &str) -> (u16, String) {
        RUNTIME.block_on(async {
            let answer = self.http.get(address).send().await.unwrap();
            (answer.status().as_u16(), answer.text().await.unwrap())
        })
    }

    /// Opens the page to sign in on, fills it in, presses a button; gives the page that this ends at.
    pub fn sign_in(&self, company: &Company, address: &str, decision: &str) -> (u16, String) {
        let answer = self.submit(&person(company), address, decision);
        (answer.status().as_u16(), RUNTIME.block_on(answer.text()).unwrap())
    }

    /// The same on another machine: gives the address that the browser is sent to at last.
    pub fn sent_to(company: &Company, address: &str, decision: &str) -> String {
        Self::sent_by(&person(company), address, decision)
    }

    /// The same for whoever has this name and password.
    pub fn sent_by(person: &(String, String), address: &str, decision: &str) -> String {
        let stay = reqwest::redirect::Policy::none();
        let http = reqwest::Client::builder().no_proxy().redirect(stay).build().unwrap();
        let answer = Self { http }.submit(person, address, decision);
        answer.headers()["location"].to_str().unwrap().to_owned()
    }

    fn submit(
        &self,
        (username, password): &(String, String),
        address: &str,
        decision: &str,
    ) -> reqwest::Response {
        let (status, page) = self.get(address);
        assert_eq!(status, 200, "{page}");
        let hidden = page.split("type=\"hidden\" name=\"").skip(1).map(|rest| {
            let (name, rest) = rest.split_once("\" value=\"").unwrap();
            (name.to_owned(), rest.split_once('"').unwrap().0.replace("&amp;", "&"))
        });
        let entered = [
            ("username", username.as_str()),
            ("password", password.as_str()),
            ("decision", decision),
        ];
        let entered = entered.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let form: Vec<(String, String)> = hidden.chain(entered).collect();
        let action = address.split('?').next().unwrap();
        RUNTIME.block_on(self.http.post(action).form(&form).send()).unwrap()
    }

    /// Signs in from beginning to end.
    pub fn log_in(company: &Company, place: &Place) {
        let (login, address) = Self::opened_by(place, "login");
        let (status, page) = Self::new().sign_in(company, &address, "allow");
        let outcome = login.outcome();
        assert_eq!((status, outcome.code), (200, Some(0)), "{page} {outcome:?}");
    }
}

/// Name and password of the company's administrator.
fn person(company: &Company) -> (String, String) {
    let password = company.credentials.password.expose_secret().to_owned();
    (company.credentials.username.clone(), password)
}

/// The one login of a place.
pub struct LoginFile(pub PathBuf);

impl LoginFile {
    pub fn of(place: &Place) -> Option<Self> {
        let folder = std::fs::read_dir(place.path(".local/state/callbook/logins")).ok()?;
        let mut paths = folder.map(|entry| entry.unwrap().path());
        paths.find(|path| path.extension().is_some_and(|kind| kind == "json")).map(Self)
    }

    pub fn content(&self) -> Value {
        serde_json::from_slice(&std::fs::read(&self.0).unwrap()).unwrap()
    }

    pub fn refresh_token(&self) -> String {
        self.content()["tokens"]["refresh"].as_str().unwrap().to_owned()
    }

    /// Puts a value in the place of one of the tokens' members.
    pub fn change(&self, member: &str, value: &str) {
        let mut content = self.content();
        content["tokens"][member] = value.into();
        std::fs::write(&self.0, content.to_string()).unwrap();
    }

    /// Makes the access token old.
    pub fn expire(&self) {
        self.change("renew_at", "2020-01-01T00:00:00Z");
    }
}

/// How an app's secret goes over the wire.
pub fn basic(id: &str, secret: &str) -> String {
    base64::engine::general_purpose::STANDARD.encode(format!("{id}:{secret}"))
}
