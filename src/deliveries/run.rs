//! Doing what is due.

use std::time::Duration;

use callbook_alert::{Change, Kind, Notice};
use callbook_crash::point;
use callbook_delivery::{Attempt, Entry, Outcome, Record, Saying, Turn};
use callbook_store::Store;
use callbook_sync::in_full;
use jiff::Timestamp;
use serde::Serialize;

use super::{Delivery, Job, Threshold, change, compose, jobs, look, record};
use crate::alerts;
use crate::config::Config;
use crate::failure::Usage;
use crate::output::note;

/// What became of one that was due.
#[derive(Debug, Serialize)]
pub struct Done {
    pub name: String,
    #[serde(flatten)]
    pub entry: Entry,
}

/// What somebody has got, and what went wrong with others.
#[derive(Default)]
struct Sent {
    to: Vec<String>,
    what: String,
    errors: Vec<String>,
}

/// Does everything that is due, one after the other; nothing while another process does so.
///
/// # Errors
/// When the archive cannot be read or written. What fails to be sent is noted, and tried again later.
pub async fn run_due(store: &Store, config: &Config) -> anyhow::Result<Vec<Done>> {
    let Some(_lock) = store.lock_deliveries().await? else { return Ok(Vec::new()) };
    let mut all = Vec::new();
    for job in jobs(config) {
        // What was never looked at is new from now on.
        let record = change(store, job.name(), |_| ()).await?;
        let entry = match record.turn(&job.schedule()?, Timestamp::now()) {
            None => None,
            Some(Turn::Skipped(due)) => skip(store, job, due).await?,
            Some(Turn::Due(due)) => attempt(store, config, job, due).await?,
        };
        all.extend(entry.map(|entry| Done { name: job.name().to_owned(), entry }));
    }
    Ok(all)
}

/// Does one now, whether it is due or paused or not, and lets its schedule be.
///
/// # Errors
/// When the archive cannot be read or written, or it fails.
pub async fn run_now(store: &Store, config: &Config, job: Job<'_>) -> anyhow::Result<Done> {
    let now = Timestamp::now();
    let sent = work(store, config, job, None, now).await?;
    let outcome = if sent.errors.is_empty() { Outcome::Sent } else { Outcome::Failed };
    let error = Some(sent.errors.join("; ")).filter(|error| !error.is_empty());
    let Sent { to, what, .. } = sent;
    let entry = Entry { at: now, due: None, outcome, to, what, error, tries: 1 };
    let noted = entry.clone();
    change(store, job.name(), move |record| record.note(noted)).await?;
    Ok(Done { name: job.name().to_owned(), entry })
}

/// Does what is due, every minute, for as long as it is awaited. Trouble with that stops nothing else.
pub async fn watch(store: &Store, config: &Config) {
    if jobs(config).is_empty() {
        return std::future::pending().await;
    }
    loop {
        match run_due(store, config).await {
            Ok(done) => done.iter().for_each(|done| note!("{}", done.sentence())),
            Err(error) => note!("warning: deliveries: {}", in_full(error.as_ref())),
        }
        let into_ms = Timestamp::now().as_millisecond().rem_euclid(60_000).unsigned_abs();
        tokio::time::sleep(Duration::from_millis(60_000 - into_ms)).await;
    }
}

impl Done {
    /// What became of it, in words.
    pub fn sentence(&self) -> String {
        let Entry { outcome, to, what, error, .. } = &self.entry;
        let to = if to.is_empty() { String::new() } else { format!(" to {}", to.join(", ")) };
        match (outcome, error) {
            (Outcome::Sent, _) if to.is_empty() => format!("{}: {what}", self.name),
            (Outcome::Sent, _) => format!("{}: sent{to}: {what}", self.name),
            (Outcome::Skipped, _) => format!("{}: left out, it is paused", self.name),
            (Outcome::Failed, error) => {
                let error = error.as_deref().unwrap_or_default();
                format!("warning: {}: sent{}: {error}", self.name, or_nobody(&to))
            }
        }
    }
}

fn or_nobody(to: &str) -> &str {
    if to.is_empty() { " to nobody" } else { to }
}

/// A paused delivery is one that somebody may miss; a paused threshold is looked at as often as not.
async fn skip(store: &Store, job: Job<'_>, due: Timestamp) -> anyhow::Result<Option<Entry>> {
    let entry = matches!(job, Job::Delivery(_)).then(|| Entry {
        at: Timestamp::now(),
        due: Some(due),
        outcome: Outcome::Skipped,
        to: Vec::new(),
        what: "paused".to_owned(),
        error: None,
        tries: 0,
    });
    let noted = entry.clone();
    change(store, job.name(), move |record| record.finished(due, noted)).await?;
    Ok(entry)
}

async fn attempt(
    store: &Store,
    config: &Config,
    job: Job<'_>,
    due: Timestamp,
) -> anyhow::Result<Option<Entry>> {
    let begin = move |record: &mut Record| drop(record.begin(due, Timestamp::now()).clone());
    let begun = change(store, job.name(), begin).await?;
    let sent = work(store, config, job, begun.attempt, due).await.unwrap_or_else(|error| Sent {
        what: job.question().to_owned(),
        errors: vec![in_full(error.as_ref())],
        ..Sent::default()
    });
    let now = Timestamp::now();
    let Sent { what, errors, .. } = sent;
    let ended = change(store, job.name(), move |record| match errors.as_slice() {
        [] => {
            let entry = record.attempt.as_ref().filter(|attempt| !attempt.to.is_empty());
            let entry = entry.map(|Attempt { to, tries, .. }| Entry {
                at: now,
                due: Some(due),
                outcome: Outcome::Sent,
                to: to.clone(),
                what,
                error: None,
                tries: *tries,
            });
            record.finished(due, entry);
        }
        errors => record.failed(due, &what, errors.join("; "), now),
    });
    let last = ended.await?.log.pop();
    Ok(last.filter(|last| last.due == Some(due)))
}

/// Sends or looks; an attempt has who need not be reached again.
async fn work(
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
                let known =
                    move |record: &mut Record| drop(record.told.insert(key.to_owned(), after));
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
    let message = match saying {
        Saying::Passed(_) => format!("{name}: {message}"),
        _ => message.to_owned(),
    };
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
