//! Questions on a terminal.

use std::io::ErrorKind;

use dialoguer::console::Term;
use dialoguer::{Error, Input, Select};

use super::Given;
use super::answers::{Answers, Secret, check_database, check_server_url};
use crate::output::note;

/// Ways to sign in.
const WAYS: [&str; 4] = [
    "a JWT credential, which I paste now",
    "a JWT credential that a command prints (pass, vault, …)",
    "a browser: `callbook login`, which I run next",
    "a JWT credential in the environment (RC_USER_JWT), or decide later",
];

/// Asks for what no flag says; `None` if somebody pressed Ctrl-C.
pub(super) fn ask(mut answers: Answers, given: &Given) -> anyhow::Result<Option<Answers>> {
    match ask_all(&mut answers, given) {
        Ok(()) => Ok(Some(answers)),
        Err(Error::IO(error)) if error.kind() == ErrorKind::Interrupted => {
            // A list of choices hides it.
            Term::stderr().show_cursor()?;
            Ok(None)
        }
        Err(error) => Err(anyhow::Error::new(error).context("cannot read the answer")),
    }
}

fn ask_all(answers: &mut Answers, given: &Given) -> Result<(), Error> {
    note!("Enter takes what is in brackets. The README says how to make an app at RingCentral.");
    if given.server_url.is_none() {
        answers.server_url = text("Server", &answers.server_url, |text| {
            check_server_url(text).map_err(|error| error.to_string())
        })?;
    }
    if given.client_id.is_none() {
        let needed = |text: &str| if text.trim().is_empty() { Err(NEEDED) } else { Ok(()) };
        answers.client_id = text("Client id of the app", "", needed)?;
    }
    if given.client_secret_file.is_none() {
        answers.client_secret = secret("Client secret of the app (Enter if it has none)")?;
    }
    if given.jwt_file.is_none() && given.jwt_command.is_none() {
        answers.jwt = sign_in()?;
    }
    if given.database.is_none() {
        answers.database = text("Archive (a file, or postgres://…)", &answers.database, |text| {
            check_database(text).map_err(|error| error.to_string())
        })?;
    }
    Ok(())
}

const NEEDED: &str = "the developer console shows it with the app";

fn sign_in() -> Result<Secret, Error> {
    let way = Select::new().with_prompt("Sign in with").items(WAYS).default(0).interact()?;
    match way {
        0 => secret("JWT credential"),
        1 => Ok(Secret::Command(text("Command", "", |_| Ok::<_, String>(()))?)),
        2 => Ok(Secret::Browser),
        _ => Ok(Secret::Unset),
    }
}

fn text<E: ToString>(
    prompt: &str,
    default: &str,
    check: impl Fn(&str) -> Result<(), E>,
) -> Result<String, Error> {
    let input = Input::<String>::new().with_prompt(prompt);
    let input = if default.is_empty() { input } else { input.default(default.to_owned()) };
    let checked = input.validate_with(|text: &String| check(text).map_err(|e| e.to_string()));
    checked.interact_text().map(|text| text.trim().to_owned())
}

/// What is typed is not shown.
fn secret(prompt: &str) -> Result<Secret, Error> {
    let typed = rpassword::prompt_password(format!("{prompt}, not shown: "))?;
    let typed = typed.trim();
    Ok(if typed.is_empty() { Secret::Unset } else { Secret::Typed(typed.to_owned().into()) })
}
