//! Who is signed in, as what, until when.

use std::path::Path;

use callbook_ringcentral::{Connection, Feature, Login};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::output::{note, say};
use crate::time;

#[derive(Serialize)]
pub struct Report {
    server_url: String,
    client_id: String,
    /// `browser` or `jwt`.
    signed_in_with: &'static str,
    name: Option<String>,
    extension_number: Option<String>,
    extension_id: Option<String>,
    account_id: Option<u64>,
    since: Timestamp,
    /// When it ends unless something uses it before; none if a JWT renews it.
    until: Option<Timestamp>,
    /// As the server gives them, with blanks between; none if it does not say.
    scopes: Option<String>,
    features: Vec<Allowed>,
    file: String,
}

/// What the app may be used for.
#[derive(Serialize)]
struct Allowed {
    feature: &'static str,
    /// Scopes that the app lacks for it.
    missing: Vec<&'static str>,
}

impl Report {
    pub fn new(connection: &Connection, login: &Login, file: &Path) -> Self {
        let (who, tokens) = (login.who.clone(), &login.tokens);
        let allowed = |feature: Feature| Allowed {
            feature: feature.in_words(),
            missing: tokens.scopes.as_ref().map(|has| has.missing(feature)).unwrap_or_default(),
        };
        Self {
            server_url: connection.server_url.as_str().trim_end_matches('/').to_owned(),
            client_id: connection.client_id.clone(),
            signed_in_with: if login.is_by_jwt() { "jwt" } else { "browser" },
            account_id: who.as_ref().map(|who| who.account_id),
            name: who.as_ref().and_then(|who| who.name.clone()),
            extension_number: who.and_then(|who| who.extension_number),
            extension_id: tokens.owner_id.clone(),
            since: login.since,
            until: tokens.refresh_until.filter(|_| !login.is_by_jwt()),
            scopes: tokens.scopes.as_ref().map(ToString::to_string),
            features: Feature::ALL.map(allowed).into(),
            file: file.display().to_string(),
        }
    }

    pub fn print(&self) -> anyhow::Result<()> {
        let zone = TimeZone::system();
        let minute = |moment: Timestamp| time::minute(moment.as_millisecond(), &zone);
        say!("signed in  {}", self.who())?;
        say!("with       the app {} at {}", self.client_id, self.server_url)?;
        say!("since      {}", minute(self.since))?;
        match self.until {
            None if self.signed_in_with == "jwt" => {
                say!("until      its JWT is no good any more")?;
            }
            None => say!("until      the server says so")?,
            Some(until) if until < Timestamp::now() => {
                say!(
                    "until      {}, which is over: `callbook login` signs in anew",
                    minute(until)
                )?;
            }
            Some(until) => say!("until      {}, or longer: each use renews it", minute(until))?,
        }
        for Allowed { feature, missing } in &self.features {
            let state = match missing.as_slice() {
                [] => "yes".to_owned(),
                missing => format!("no, the app lacks {}", missing.join(" and ")),
            };
            say!("may read   {feature}: {state}")?;
        }
        say!("kept in    {}", self.file)?;
        if self.features.iter().any(|allowed| !allowed.missing.is_empty()) {
            note!(
                "hint: add what is missing to the app's scopes in RingCentral's developer console, then \
                 sign in anew"
            );
        }
        Ok(())
    }

    fn who(&self) -> String {
        let name = self.name.as_deref().unwrap_or("a user");
        let extension = match (&self.extension_number, &self.extension_id) {
            (Some(number), _) => format!(", extension {number}"),
            (None, Some(id)) => format!(" with the extension id {id}"),
            (None, None) => String::new(),
        };
        let account = self.account_id.map_or(String::new(), |id| format!(" of account {id}"));
        format!("{name}{extension}{account}")
    }
}
