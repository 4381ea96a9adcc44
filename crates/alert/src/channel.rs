//! Ways of telling somebody.

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use url::Url;

use crate::{Change, Mail, MailServer, Notice};

/// A receiver that takes longer is not waited for.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(20);

/// Who tells: one server among several, one archive among those on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The machine's name.
    pub host: String,
    /// Where the archive is, without secrets.
    pub archive: String,
}

/// Somebody to be told.
#[derive(Debug, Clone)]
pub enum Channel {
    /// An address that takes JSON by POST. Often the address itself is the secret.
    Webhook(SecretString),
    /// A mail server and people.
    Email(Email),
}

/// Where mail is handed in, and whom it is for.
#[derive(Debug, Clone)]
pub struct Email {
    /// Where it is handed in.
    pub server: MailServer,
    /// Everybody who is told.
    pub to: Vec<String>,
}

/// Why nobody was told. No text repeats an address that may be a secret.
#[derive(Debug, thiserror::Error)]
pub enum ChannelError {
    /// The webhook's address.
    #[error("the webhook of the alerts is no http or https address")]
    Address,
    /// The webhook did not take it.
    #[error("the webhook of the alerts answered {0}")]
    Refused(u16),
    /// It could not be reached.
    #[error("the webhook of the alerts cannot be reached")]
    Unreachable(#[source] reqwest::Error),
    /// The mail server's address.
    #[error("the mail server of the alerts is not written as smtps://user:password@host")]
    Server,
    /// A sender or a recipient.
    #[error("'{0}' is no e-mail address")]
    Mailbox(String),
    /// A file's kind.
    #[error("'{0}' is no MIME type")]
    Kind(&'static str),
    /// The mail could not be put together.
    #[error("the mail of the alerts cannot be written")]
    Compose(#[source] lettre::error::Error),
    /// The mail server did not take it.
    #[error("the mail server of the alerts did not take the mail")]
    Mail(#[source] lettre::transport::smtp::Error),
}

impl Channel {
    /// Its name, under which its ledger is kept.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Webhook(_) => "webhook",
            Self::Email(_) => "e-mail",
        }
    }

    /// Tells all of it, in one message; does nothing where there is nothing to tell.
    ///
    /// # Errors
    /// When the channel cannot be used or does not take the message.
    pub async fn deliver(&self, origin: &Origin, notices: &[Notice]) -> Result<(), ChannelError> {
        match (self, notices) {
            (_, []) => Ok(()),
            (Self::Webhook(address), _) => post(address, origin, notices).await,
            (Self::Email(email), _) => mail(email, origin, notices).await,
        }
    }
}

async fn post(
    address: &SecretString,
    origin: &Origin,
    notices: &[Notice],
) -> Result<(), ChannelError> {
    let address = Url::parse(address.expose_secret()).map_err(|_| ChannelError::Address)?;
    if !matches!(address.scheme(), "http" | "https") {
        return Err(ChannelError::Address);
    }
    let unreachable = |error: reqwest::Error| ChannelError::Unreachable(error.without_url());
    let client = reqwest::Client::builder()
        .user_agent(concat!("callbook/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .timeout(TIMEOUT)
        .build()
        .map_err(unreachable)?;
    // Chat services show `text`; programs read `alerts`.
    let body = json!({
        "text": text(origin, notices),
        "host": origin.host,
        "archive": origin.archive,
        "alerts": notices,
    });
    let answer = client.post(address).json(&body).send().await.map_err(unreachable)?;
    match answer.status() {
        status if status.is_success() => Ok(()),
        status => Err(ChannelError::Refused(status.as_u16())),
    }
}

async fn mail(email: &Email, origin: &Origin, notices: &[Notice]) -> Result<(), ChannelError> {
    let body = format!("{}\n", text(origin, notices));
    let mail = Mail { subject: subject(origin, notices), text: body, ..Mail::default() };
    email.server.write(&mail, &email.to)?.send_to(&email.to).await
}

fn subject(origin: &Origin, notices: &[Notice]) -> String {
    match notices {
        [one] => format!("Callbook on {}: {}", origin.host, line(one)),
        several => format!("Callbook on {}: {} alerts", origin.host, several.len()),
    }
}

fn text(origin: &Origin, notices: &[Notice]) -> String {
    let from = format!("(Callbook on {}, archive {})", origin.host, origin.archive);
    notices.iter().map(line).chain([from]).collect::<Vec<_>>().join("\n")
}

fn line(notice: &Notice) -> String {
    let message = notice.message.replace(char::is_control, " ");
    match notice.change {
        Change::Began => message,
        Change::Lasts => {
            format!("still, since {}: {message}", notice.since.strftime("%Y-%m-%d %H:%M UTC"))
        }
        Change::Passed => format!("passed: {message}"),
    }
}
