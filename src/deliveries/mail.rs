//! A report as a mail.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context as _;
use callbook_alert::{Attachment, Mail};
use callbook_report::{Format, Letter, Page, write_answer};
use callbook_store::Store;
use futures_util::future::try_join_all;
use jiff::Timestamp;

use super::{Delivery, Job, catalog, prepare};
use crate::alerts;
use crate::config::Config;
use crate::output;

/// Files of a mail together, in bytes: mail servers take 25 MB at the least, and files become a third longer on the way.
const MOST_BYTES: usize = 18_000_000;

/// A mail that is ready.
pub struct Composed {
    pub mail: Mail,
    /// Rows of the answer.
    pub rows: u64,
}

/// Asks the report for its period as of `due`, and makes a mail of the answer.
///
/// # Errors
/// When the report cannot be asked, or its files are too much for a mail.
pub async fn compose(
    store: &Store,
    config: &Config,
    delivery: &Delivery,
    due: Timestamp,
) -> anyhow::Result<Composed> {
    let catalog = catalog(config)?;
    let report = catalog.get(&delivery.report)?;
    let asking = Job::Delivery(delivery).asking()?;
    let prepared = prepare(store, config, report, &asking, due).await?;
    let (tables, question) = (&prepared.tables, &prepared.question);
    let page = Page {
        title: &report.title,
        question: &report.question,
        parameters: question.shown(),
        chart: report.chart.as_ref(),
        zone: &question.period.zone,
    };
    let left = Arc::new(AtomicUsize::new(MOST_BYTES));
    let mut answers = question.ask(tables).await?.split(delivery.attach.len() + 1).into_iter();
    let body = answers.next().map(|answer| Letter::read(answer, &page)).context("no answer")?;
    let files = delivery.attach.iter().zip(answers).map(async |(attach, answer)| {
        let (format, kind) = attach.format();
        let out = Bounded { bytes: Vec::new(), left: Arc::clone(&left) };
        let (out, _) = write_answer(answer, &page, format, out).await?;
        let name = file_name(&report.name, &question.period.words(), format);
        Ok::<_, callbook_report::Error>(Attachment { name, kind, bytes: out.bytes })
    });
    let (body, attachments) = tokio::try_join!(body, try_join_all(files))?;
    let foot = foot(store, delivery, &attachments);
    let mail = Mail {
        subject: format!("{}: {}", report.title, question.period.words()),
        text: body.text(&foot),
        html: body.html(&foot)?,
        attachments,
        id: Some(format!("callbook-{}-{}", delivery.name, due.as_millisecond())),
    };
    Ok(Composed { mail, rows: body.rows() })
}

fn file_name(report: &str, period: &str, format: Format) -> String {
    format!("{report}-{}.{format}", period.replace(" to ", "-to-").replace([' ', ':'], "-"))
}

/// Where the mail is from, and what is with it.
fn foot(store: &Store, delivery: &Delivery, attachments: &[Attachment]) -> String {
    let host = alerts::origin(store.location()).host;
    let files = attachments
        .iter()
        .map(|file| format!("{} ({})", file.name, output::bytes(file.bytes.len() as u64)));
    let files: Vec<_> = files.collect();
    let attached = match files.is_empty() {
        true => String::new(),
        false => format!("Attached: {}. ", files.join(", ")),
    };
    format!("{attached}Sent by Callbook on {host}, delivery {}.", delivery.name)
}

/// Bytes in memory, up to a bound that several share.
struct Bounded {
    bytes: Vec<u8>,
    left: Arc<AtomicUsize>,
}

impl Write for Bounded {
    fn write(&mut self, more: &[u8]) -> io::Result<usize> {
        let less = |left: usize| left.checked_sub(more.len());
        self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).map_err(|_| {
            let most = output::bytes(MOST_BYTES as u64);
            io::Error::other(format!("more than {most} is too much for a mail: ask for less"))
        })?;
        self.bytes.extend_from_slice(more);
        Ok(more.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
