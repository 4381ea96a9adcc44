//! A report as a mail.

use std::io::{self, Write};

use callbook_alert::{Attachment, Mail};
use callbook_report::{Format, Page, letter, write_answer};
use callbook_store::Store;
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
    let mut attachments = Vec::new();
    let mut left = MOST_BYTES;
    for attach in &delivery.attach {
        let (format, kind) = attach.format();
        let out = Bounded { bytes: Vec::new(), left };
        let (out, _) = write_answer(question.ask(tables).await?, &page, format, out).await?;
        left = out.left;
        let name = file_name(&report.name, &question.period.words(), format);
        attachments.push(Attachment { name, kind, bytes: out.bytes });
    }
    let foot = foot(store, delivery, &attachments);
    let body = letter(question.ask(tables).await?, &page, &foot).await?;
    let mail = Mail {
        subject: format!("{}: {}", report.title, question.period.words()),
        text: body.text,
        html: body.html,
        attachments,
        id: Some(format!("callbook-{}-{}", delivery.name, due.as_millisecond())),
    };
    Ok(Composed { mail, rows: body.rows })
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

/// Bytes in memory, up to a bound.
struct Bounded {
    bytes: Vec<u8>,
    left: usize,
}

impl Write for Bounded {
    fn write(&mut self, more: &[u8]) -> io::Result<usize> {
        let left = self.left.checked_sub(more.len()).ok_or_else(|| {
            let most = output::bytes(MOST_BYTES as u64);
            io::Error::other(format!("more than {most} is too much for a mail: ask for less"))
        })?;
        self.left = left;
        self.bytes.extend_from_slice(more);
        Ok(more.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
