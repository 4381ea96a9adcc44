//! `callbook app create`.

use std::path::PathBuf;

use callbook_api::{AppScope, Plan};
use callbook_sandbox::DEFAULT_SCOPES;
use callbook_server::{NewApp, NewCredential};
use clap::Args;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use url::{Host, Url};

use super::env_file::{self, EnvFile};
use super::{Common, SERVER_URL, expiry, name, person};
use crate::commands::print_json;
use crate::failure::{self, ExitCodeNumber, Usage};
use crate::output::{note, say};

const EXAMPLES: &str = "\
Examples:
  callbook app create Wallboard --for 101 --env-file wallboard.env
  callbook app create Portal --scope ReadCallLog --redirect-uri https://portal.example.com/back
  callbook app create Phone --public --redirect-uri http://127.0.0.1/callback
  callbook app create Reports --heavy 100/60s --mask-numbers

The secret is shown once. A loopback redirect URI is good with any port.";

/// Register an app
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Create {
    /// What people call it: they are asked whether it may act for them
    name: String,
    /// What it may do, separated by commas
    #[arg(long = "scope", value_name = "SCOPES", value_delimiter = ',', default_values_t = DEFAULT_SCOPES)]
    scopes: Vec<AppScope>,
    /// It runs where it cannot keep a secret, such as in a browser: it gets none, and proves itself by PKCE
    #[arg(long)]
    public: bool,
    /// Where a browser may come back to after somebody has signed in; may be given several times
    #[arg(long = "redirect-uri", value_name = "URI", value_parser = redirect_uri)]
    redirect_uris: Vec<String>,
    /// Its own rate limit of call log requests, such as 100/60s, or off [default: as of `callbook serve`]
    #[arg(long, value_name = "N/WINDOW|off")]
    heavy: Option<Plan>,
    /// It gets phone numbers without their last four digits: +1650555****
    #[arg(long)]
    mask_numbers: bool,
    /// Make a JWT for this person as well, good for this app alone
    #[arg(long = "for", value_name = "PERSON")]
    person: Option<String>,
    /// How long the JWT is good: 1y, 90d, 12h or never
    #[arg(long, value_name = "TIME", default_value = "1y", requires = "person")]
    expires: String,
    /// Write what the app signs in with to this file, instead of printing it
    #[arg(long, value_name = "FILE")]
    env_file: Option<PathBuf>,
    /// Overwrite the file
    #[arg(long, requires = "env_file")]
    force: bool,
    /// Where the app will reach `callbook serve`
    #[arg(long, value_name = "URL", default_value = SERVER_URL)]
    server_url: String,
    #[command(flatten)]
    common: Common,
}

/// What is shown once.
struct Made {
    client_id: String,
    secret: Option<SecretString>,
    jwt: Option<SecretString>,
}

/// An address that a browser may be sent to with a code: over TLS, or to the same machine.
fn redirect_uri(text: &str) -> Result<String, String> {
    let url = Url::parse(text).map_err(|error| error.to_string())?;
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    match url.scheme() {
        _ if url.fragment().is_some() => Err("it must not have a #fragment".to_owned()),
        "https" => Ok(text.to_owned()),
        "http" if loopback => Ok(text.to_owned()),
        _ => Err("write https://…, or http:// for this machine itself".to_owned()),
    }
}

impl Create {
    pub async fn run(self) -> anyhow::Result<ExitCodeNumber> {
        let (store, account) = self.common.open().await?;
        let now = Timestamp::now();
        let person = match &self.person {
            Some(wanted) => Some(person(&store, &account, wanted).await?),
            None => None,
        };
        let expires = expiry(&self.expires, now)?;
        let server_url = self.server_url.trim_end_matches('/').to_owned();
        if let Some(path) = self.env_file.as_ref().filter(|path| !self.force && path.exists()) {
            let message = format!("{} is there already", path.display());
            return Err(Usage { message, hint: "give --force to overwrite it" }.into());
        }
        let new = NewApp {
            name: self.name.clone(),
            scopes: self.scopes.clone(),
            public: self.public,
            redirect_uris: self.redirect_uris.clone(),
            plan: self.heavy,
            masks_numbers: self.mask_numbers,
        };
        let (app, secret) = new.register(now)?;
        let mut made = Made { client_id: app.client_id.clone(), secret, jwt: None };
        store.put_app(account.key, app).await?;
        if let Some(person) = &person {
            let app = Some(made.client_id.clone());
            let new = NewCredential {
                extension: person.id,
                app,
                server_url: server_url.clone(),
                expires,
            };
            let (credential, jwt) = new.sign(now)?;
            store.put_credential(account.key, credential).await?;
            made.jwt = Some(jwt);
        }
        let person = person.as_ref().map(name);
        self.tell(&made, &server_url, person.as_deref())
    }

    /// Prints or writes what was made.
    fn tell(
        &self,
        made: &Made,
        server_url: &str,
        person: Option<&str>,
    ) -> anyhow::Result<ExitCodeNumber> {
        let secret = made.secret.as_ref().map(ExposeSecret::expose_secret);
        let jwt = made.jwt.as_ref().map(ExposeSecret::expose_secret);
        let variables = [
            (env_file::SERVER_URL, Some(server_url)),
            (env_file::CLIENT_ID, Some(made.client_id.as_str())),
            (env_file::CLIENT_SECRET, secret),
            (env_file::JWT, jwt),
        ];
        let variables = variables.into_iter().filter_map(|(name, value)| Some((name, value?)));
        if let Some(path) = &self.env_file {
            let mut file = EnvFile::default();
            variables.for_each(|(name, value)| file.set(name, value));
            file.write(path, self.force)?;
            note!("{} is registered; {} has what it signs in with", self.name, path.display());
        } else if self.common.json {
            return print_json(&json!({
                "client_id": made.client_id,
                "client_secret": secret,
                "jwt": jwt,
                "server_url": server_url,
                "name": self.name,
            }));
        } else {
            for (name, value) in variables {
                say!("{name}={value}")?;
            }
            note!("{} is registered; what is secret of this is not shown again", self.name);
        }
        if let Some(person) = person {
            note!("it acts for {person}");
        }
        Ok(failure::OK)
    }
}

#[cfg(test)]
mod tests {
    use super::redirect_uri;

    #[test]
    fn codes_go_over_tls_or_stay_on_the_machine() {
        for good in
            ["https://a.example/b?c", "http://127.0.0.1/b", "http://localhost:1/", "http://[::1]/"]
        {
            assert_eq!(redirect_uri(good).as_deref(), Ok(good));
        }
        for bad in [
            "http://a.example/",
            "javascript:alert(1)",
            "data:text/html,x",
            "/back",
            "",
            "https://a/#b",
        ] {
            assert!(redirect_uri(bad).is_err(), "{bad}");
        }
    }
}
