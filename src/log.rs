//! What crates have to say while they work: plain sentences for people, or, if `CALLBOOK_LOG` takes the usual
//! filters such as `debug`, lines for developers.

use std::fmt::{self, Write as _};
use std::io::{self, IsTerminal as _, Write};

use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::{FormatEvent, FormatFields, Writer, debug_fn};
use tracing_subscriber::fmt::{FmtContext, FormattedFields, MakeWriter};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::cli::Command;
use crate::commands::serve::LogFormat;
use crate::output::printable;
use crate::progress;

/// Has log lines printed from now on. A server's are for programs and whoever runs it, and tell what it answers.
pub fn start(command: &Command) {
    match (EnvFilter::try_from_env("CALLBOOK_LOG"), command) {
        (filter, Command::Serve(serve)) => {
            let filter = filter.unwrap_or_else(|_| EnvFilter::new("info"));
            lines(filter, serve.log_format == LogFormat::Json);
        }
        (Ok(filter), _) => lines(filter, false),
        (Err(_), _) => sentences(|| Aside).init(),
    }
}

/// Lines for developers.
fn lines(filter: EnvFilter, as_json: bool) {
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(|| Aside)
        .with_ansi(io::stderr().is_terminal() && !no_color && !as_json);
    if as_json { lines.json().flatten_event(true).init() } else { lines.init() }
}

fn sentences<W>(writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new("warn"))
        // Of a span nothing but the account's name is told.
        .fmt_fields(debug_fn(|out, _, value| write!(out, "{value:?}")))
        .event_format(Sentence)
        .with_writer(writer)
        .finish()
}

/// Standard error, beside a progress bar.
struct Aside;

impl Write for Aside {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        progress::aside(|| io::stderr().write(line))
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

/// `warning: acme: the server asked to wait 60 s (rate limit of the call log)`.
struct Sentence;

impl<S, N> FormatEvent<S, N> for Sentence
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    N: for<'writer> FormatFields<'writer> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut out: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut words = Words::default();
        event.record(&mut words);
        let mut line = String::from("warning: ");
        for span in context.event_scope().into_iter().flatten() {
            if let Some(account) = span.extensions().get::<FormattedFields<N>>() {
                write!(line, "{account}: ")?;
            }
        }
        line += &words.message;
        if !words.details.is_empty() {
            write!(line, " ({})", words.details.join(", "))?;
        }
        words.error.iter().try_for_each(|error| write!(line, ": {error}"))?;
        writeln!(out, "{}", printable(&line))
    }
}

/// The fields of an event.
#[derive(Default)]
struct Words {
    message: String,
    error: Option<String>,
    details: Vec<String>,
}

impl Visit for Words {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        match field.name() {
            "message" => self.message = format!("{value:?}"),
            "error" => self.error = Some(format!("{value:?}")),
            name => self.details.push(format!("{name} {value:?}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    /// What was written.
    #[derive(Clone, Default)]
    struct Paper(Arc<Mutex<Vec<u8>>>);

    impl Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn people_get_sentences_that_name_the_account() {
        let paper = Paper::default();
        let to = paper.clone();
        tracing::subscriber::with_default(sentences(move || to.clone()), || {
            let name = "acme";
            tracing::error_span!("account", %name).in_scope(|| {
                tracing::warn!("the server asked to wait {} s", 60);
                tracing::info!("not for people");
            });
            let error = io::Error::other("no\u{1b} luck");
            tracing::warn!(%error, skipped = 3, "entries are left out");
        });
        let written = String::from_utf8(paper.0.lock().unwrap().clone()).unwrap();
        let expected = "warning: acme: the server asked to wait 60 s\n\
                        warning: entries are left out (skipped 3): no  luck\n";
        assert_eq!(written, expected);
    }
}
