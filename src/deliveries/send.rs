//! Reaching people: by mail each, or on the channels of alerts.

use callbook_alert::{Change, Kind, Notice};
use callbook_crash::point;
use callbook_delivery::{Attempt, Record, Saying};
use callbook_store::Store;
use callbook_sync::in_full;
use jiff::Timestamp;

use super::{Delivery, Job, Threshold, change, compose, look, record};
use crate::alerts;
use crate::config::Config;
use crate::failure::Usage;

/// What somebody has got, and what went wrong with others.
#[derive(Default)]
pub(super) struct Sent {
    pub to: Vec<String>,
    pub what: String,
    pub errors: Vec<String>,
}

/// Sends or looks; an attempt has who need not be reached again.
pub(super) async fn work(
    store: &Store,
    config: &Config,
    job: Job<'_>,
    attempt: Option<Attempt>,
    at: Timestamp,
) -> anyhow::Result<Sent> {
    let reached = attempt.as_ref().map(|attempt| attempt.due);
    match job {
        Job::Delivery(delivery) => {
            let has = attempt.map_or_else(Vec::new, |attempt| attempt.to);
            send(store, config, delivery, (at, reached), &has).await
        }
        Job::Threshold(threshold) => tell(store, config, threshold, reached).await,
    }
}

/// Sends to each by itself: one address that is refused keeps the mail from nobody else.
async fn send(
    store: &Store,
    config: &Config,
    delivery: &Delivery,
    (at, reached): (Timestamp, Option<Timestamp>),
    has: &[String],
) -> anyhow::Result<Sent> {
    let server = config.alerts().mail_server().ok_or_else(no_server)?;
    let mail = compose(store, config, delivery, at).await?.mail;
    let all: Vec<String> = delivery.to.iter().map(|to| to.0.clone()).collect();
    let outgoing = server.write(&mail, &all)?;
    let mut sent = Sent { what: mail.subject, ..Sent::default() };
    for to in all.into_iter().filter(|to| !has.contains(to)) {
        match outgoing.send_to(std::slice::from_ref(&to)).await {
            Ok(()) => {
                point("delivery.sent");
                note_reached(store, &delivery.name.0, reached, &to, |_| ()).await?;
                sent.to.push(to);
            }
            Err(error) => sent.errors.push(format!("{to}: {}", in_full(&error))),
        }
    }
    Ok(sent)
}

/// Looks, and tells each channel what it does not know yet.
async fn tell(
    store: &Store,
    config: &Config,
    threshold: &Threshold,
    reached: Option<Timestamp>,
) -> anyhow::Result<Sent> {
    let channels = config.alerts().channels().into_iter();
    let channels: Vec<_> = channels.filter(|channel| threshold.tells(channel.name())).collect();
    if channels.is_empty() {
        return Err(no_channel().into());
    }
    let name = threshold.name.0.clone();
    let look = look(store, config, threshold, Timestamp::now()).await?;
    // Moments that are due are exactly as far apart as the schedule says: a pause of a day ends with the next day's.
    let now = reached.unwrap_or_else(Timestamp::now);
    let known = record(store, &name).await?.told;
    let origin = alerts::origin(store.location());
    let mut sent = Sent { what: look.message.clone(), ..Sent::default() };
    for channel in channels {
        let key = channel.name();
        let told = known.get(key).cloned().unwrap_or_default();
        let (saying, after) = told.next(look.crossed > 0, threshold.pause(), now);
        let Some(saying) = saying else { continue };
        let notice = notice(&name, &look.message, saying, now);
        match channel.deliver(&origin, &[notice]).await {
            Ok(()) => {
                point("delivery.sent");
                let known = move |record: &mut Record| {
                    record.told.insert(key.to_owned(), after);
                };
                note_reached(store, &name, reached, key, known).await?;
                sent.to.push(key.to_owned());
            }
            Err(error) => sent.errors.push(in_full(&error)),
        }
    }
    Ok(sent)
}

fn notice(name: &str, message: &str, saying: Saying, now: Timestamp) -> Notice {
    let (change, since) = match saying {
        Saying::Began => (Change::Began, now),
        Saying::Lasts(since) => (Change::Lasts, since),
        Saying::Passed(since) => (Change::Passed, since),
    };
    let message = format!("{name}: {message}");
    Notice { change, kind: Kind::Threshold, subject: name.to_owned(), message, since }
}

/// Writes down that somebody has it.
async fn note_reached(
    store: &Store,
    name: &str,
    due: Option<Timestamp>,
    who: &str,
    known: impl FnOnce(&mut Record) + Send + 'static,
) -> anyhow::Result<()> {
    let who = who.to_owned();
    let reached = move |record: &mut Record| {
        known(record);
        if let Some(due) = due {
            record.reached(due, &who);
        }
    };
    change(store, name, reached).await.map(drop)
}

fn no_server() -> Usage {
    let message = "nobody has said which server takes the mail".to_owned();
    Usage { message, hint: "give [alerts.email] server and from in callbook.toml" }
}

fn no_channel() -> Usage {
    let message = "nobody is to be told".to_owned();
    Usage { message, hint: "give [alerts] a webhook, or [alerts.email] server, from and to" }
}
