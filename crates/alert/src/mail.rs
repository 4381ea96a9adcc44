//! Mail, and the server that takes it.

use std::fmt;

use lettre::address::{Address, Envelope};
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment as Part, Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::AsyncSmtpTransport;
use lettre::{AsyncTransport as _, Message, Tokio1Executor};
use secrecy::{ExposeSecret as _, SecretString};

use crate::ChannelError;
use crate::channel::TIMEOUT;

/// Where mail is handed in, and as whose.
#[derive(Debug, Clone)]
pub struct MailServer {
    /// `smtps://user:password@host:465`, or `smtp://…` (`?tls=required` for STARTTLS).
    pub url: SecretString,
    /// The sender.
    pub from: String,
}

/// What is sent.
#[derive(Debug, Clone, Default)]
pub struct Mail {
    /// One line; whatever else it has is made blanks.
    pub subject: String,
    /// The body, in plain text.
    pub text: String,
    /// The same as a page; empty if there is none.
    pub html: String,
    /// Files.
    pub attachments: Vec<Attachment>,
    /// The same whenever the same is sent again, so that programs can tell that it is. Of letters, digits and `-.`.
    pub id: Option<String>,
}

/// A file that is sent along.
#[derive(Clone)]
pub struct Attachment {
    /// The file's name.
    pub name: String,
    /// Its MIME type.
    pub kind: &'static str,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// A mail as it is handed in.
pub struct Outgoing {
    server: AsyncSmtpTransport<Tokio1Executor>,
    from: Address,
    bytes: Vec<u8>,
}

impl MailServer {
    /// Writes a mail down; `to` is what its head says, and nobody gets it yet.
    ///
    /// # Errors
    /// When an address or the server's is none.
    pub fn write(&self, mail: &Mail, to: &[String]) -> Result<Outgoing, ChannelError> {
        let from = mailbox(&self.from)?;
        let domain = from.email.domain().to_owned();
        let subject = mail.subject.replace(char::is_control, " ");
        let mut message = Message::builder().from(from.clone()).subject(subject);
        for recipient in to {
            message = message.to(mailbox(recipient)?);
        }
        // Nobody's note of absence is wanted as an answer.
        let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
        message = message.raw_header(HeaderValue::new(automatic, "auto-generated".to_owned()));
        message = message.message_id(mail.id.as_ref().map(|id| format!("<{id}@{domain}>")));
        let written = match (mail.html.as_str(), mail.attachments.as_slice()) {
            ("", []) => message.header(ContentType::TEXT_PLAIN).body(mail.text.clone()),
            _ => message.multipart(parts(mail)?),
        };
        let bytes = written.map_err(ChannelError::Compose)?.formatted();
        let server = AsyncSmtpTransport::<Tokio1Executor>::from_url(self.url.expose_secret());
        let server = server.map_err(|_| ChannelError::Server)?.timeout(Some(TIMEOUT)).build();
        Ok(Outgoing { server, from: from.email, bytes })
    }
}

impl Outgoing {
    /// Hands it in for some of those that it is for.
    ///
    /// # Errors
    /// When an address is none, or the server does not take the mail.
    pub async fn send_to(&self, to: &[String]) -> Result<(), ChannelError> {
        let to = to.iter().map(|to| Ok(mailbox(to)?.email));
        let to = to.collect::<Result<Vec<_>, ChannelError>>()?;
        let envelope = Envelope::new(Some(self.from.clone()), to).map_err(ChannelError::Compose)?;
        self.server.send_raw(&envelope, &self.bytes).await.map_err(ChannelError::Mail)?;
        Ok(())
    }

    /// How long it is.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes.len() as u64
    }
}

/// Whether something is an address: `ann@example.com`, or `Ann <ann@example.com>`.
///
/// # Errors
/// When it is none.
pub fn check_address(text: &str) -> Result<(), ChannelError> {
    mailbox(text).map(drop)
}

fn parts(mail: &Mail) -> Result<MultiPart, ChannelError> {
    let body = match mail.html.as_str() {
        "" => MultiPart::alternative().singlepart(SinglePart::plain(mail.text.clone())),
        html => MultiPart::alternative_plain_html(mail.text.clone(), html.to_owned()),
    };
    let mut parts = MultiPart::mixed().multipart(body);
    for Attachment { name, kind, bytes } in &mail.attachments {
        let usual =
            |each: char| if each.is_alphanumeric() || "-_.".contains(each) { each } else { '-' };
        let name = name.chars().map(usual).collect();
        let kind = ContentType::parse(kind).map_err(|_| ChannelError::Kind(kind))?;
        parts = parts.singlepart(Part::new(name).body(bytes.clone(), kind));
    }
    Ok(parts)
}

fn mailbox(address: &str) -> Result<Mailbox, ChannelError> {
    let mailbox: Option<Mailbox> = address.parse().ok();
    // A name with a line's end in it would be another header.
    let is_one_line = |_: &Mailbox| !address.contains(char::is_control);
    mailbox.filter(is_one_line).ok_or_else(|| ChannelError::Mailbox(address.to_owned()))
}

impl fmt::Debug for Attachment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, kind, bytes } = self;
        write!(f, "Attachment({name}, {kind}, {} bytes)", bytes.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server() -> MailServer {
        MailServer {
            url: "smtp://localhost:2525".into(),
            from: "Callbook <callbook@example.com>".to_owned(),
        }
    }

    fn written(mail: &Mail, to: &str) -> String {
        let outgoing = server().write(mail, &[to.to_owned()]).unwrap();
        String::from_utf8(outgoing.bytes).unwrap()
    }

    #[test]
    fn nothing_of_a_text_becomes_a_header() {
        let bytes = vec![1, 2, 3];
        let mail = Mail {
            subject: "Rate\r\nBcc: eve@example.com".to_owned(),
            text: "a\n".to_owned(),
            html: "<p>a".to_owned(),
            attachments: vec![Attachment {
                name: "a\"\r\nX-Eve: 1/../b.csv".to_owned(),
                kind: "text/csv",
                bytes,
            }],
            id: Some("callbook-weekly-1".to_owned()),
        };
        let written = written(&mail, "ann@example.com");
        assert!(
            !written.lines().any(|line| line.starts_with("Bcc:") || line.starts_with("X-Eve")),
            "{written}"
        );
        assert!(written.contains("Message-ID: <callbook-weekly-1@example.com>"), "{written}");
        assert!(written.contains("Auto-Submitted: auto-generated"), "{written}");
        for address in [
            "ann",
            "ann@example.com\r\nBcc: eve@example.com",
            "Ann\nBcc: x <ann@example.com>",
            "a@b, c@d",
            "",
        ] {
            assert!(server().write(&mail, &[address.to_owned()]).is_err(), "{address}");
        }
    }

    #[test]
    fn plain_mail_has_one_part() {
        let mail = Mail { subject: "a".to_owned(), text: "b\n".to_owned(), ..Mail::default() };
        let written = written(&mail, "Ann <ann@example.com>");
        assert!(
            written.contains("Content-Type: text/plain") && !written.contains("multipart"),
            "{written}"
        );
    }
}
