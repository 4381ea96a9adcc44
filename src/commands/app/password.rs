//! `callbook app password`.

use std::io::{IsTerminal as _, Read as _};

use anyhow::Context as _;
use callbook_server::{hash_password, random_password};
use clap::Args;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::{Common, name, person};
use crate::commands::print_json;
use crate::failure::{self, ExitCodeNumber, Usage};
use crate::output::{note, say};

const EXAMPLES: &str = "\
Examples:
  callbook app password 101                 asks for it, twice
  callbook app password 101 --generate      draws one, and prints it once
  callbook app password 101 < password.txt
  callbook app password 101 --remove";

/// As NIST SP 800-63B wants of passwords that somebody chooses.
const SHORTEST: usize = 8;
const LONGEST: usize = 1_024;

/// Set what somebody signs in with on the page that apps send a browser to
///
/// They sign in by extension number, e-mail or name. Sessions that they have end.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Password {
    /// Whose: an extension number, a name or an id
    person: String,
    /// Draw one, and print it
    #[arg(long)]
    generate: bool,
    /// Take it away: nobody signs in as this person with a browser
    #[arg(long, conflicts_with = "generate")]
    remove: bool,
    #[command(flatten)]
    common: Common,
}

impl Password {
    pub async fn run(self) -> anyhow::Result<ExitCodeNumber> {
        let (store, account) = self.common.open().await?;
        let person = person(&store, &account, &self.person).await?;
        let password = match (self.remove, self.generate) {
            (true, _) => None,
            (_, true) => Some(random_password()?),
            _ => Some(chosen()?),
        };
        let hash = password.as_ref().map(hash_password).transpose()?;
        let now_ms = Timestamp::now().as_millisecond();
        store.set_password(account.key, person.id, hash, now_ms).await?;
        let shown = password.filter(|_| self.generate);
        let shown = shown.as_ref().map(ExposeSecret::expose_secret);
        let set = !self.remove;
        if self.common.json {
            return print_json(&json!({ "person": person.id, "set": set, "password": shown }));
        }
        if let Some(password) = shown {
            say!("{password}")?;
        }
        let done = if set { "is set" } else { "is removed" };
        note!("the password of {} {done}", name(&person));
        Ok(failure::OK)
    }
}

/// What is typed, without showing it, or piped in.
fn chosen() -> anyhow::Result<SecretString> {
    let text = if std::io::stdin().is_terminal() {
        let ask = |prompt| rpassword::prompt_password(prompt).context("cannot read the password");
        let text = ask("Password (it is not shown): ")?;
        if ask("Once more: ")? != text {
            let message = "these were two different passwords".to_owned();
            return Err(Usage { message, hint: "nothing is changed; try again" }.into());
        }
        text
    } else {
        let mut text = String::new();
        let mut input = std::io::stdin().take(2 * LONGEST as u64);
        input.read_to_string(&mut text).context("cannot read the password")?;
        text.trim_end_matches(['\r', '\n']).to_owned()
    };
    if !(SHORTEST..=LONGEST).contains(&text.len()) {
        let message = "a password has 8 to 1,024 bytes".to_owned();
        return Err(Usage { message, hint: "or let --generate draw one" }.into());
    }
    Ok(text.into())
}
