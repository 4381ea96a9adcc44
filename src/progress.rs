//! A progress bar, on a terminal only.

use std::time::Duration;

use callbook_sync::Progress;
use indicatif::{ProgressBar, ProgressState, ProgressStyle};

use crate::output::grouped;

/// Shown until finished.
pub struct Bar(ProgressBar);

impl Bar {
    /// Shows what is being done, at first without knowing how much there is.
    pub fn start(what: &'static str) -> Self {
        // Hidden by itself when standard error is no terminal.
        let bar = ProgressBar::new_spinner().with_message(what);
        bar.set_style(style("{spinner} {msg}: {human_pos} records ({rate}) {prefix}"));
        bar.enable_steady_tick(Duration::from_millis(100));
        Self(bar)
    }

    /// Shows how far it is.
    pub fn show(&self, progress: &Progress) {
        if self.0.length().is_none()
            && let Some(total) = progress.total
        {
            self.0.set_length(total);
            self.0.set_style(style(
                "{msg} [{wide_bar}] {human_pos} of {human_len}, {rate}, {eta} left, {prefix}",
            ));
        }
        self.0.set_prefix(format!("back to {}", progress.reached.strftime("%Y-%m-%d")));
        self.0.set_position(progress.records);
    }

    /// Shows how many there were so far, of an unknown number.
    pub fn count(&self, records: u64) {
        self.0.set_position(records);
    }

    /// Takes it off the terminal.
    pub fn finish(&self) {
        self.0.finish_and_clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    let style = ProgressStyle::with_template(template);
    style.unwrap_or_else(|_| ProgressStyle::default_bar()).with_key("rate", rate)
}

fn rate(state: &ProgressState, out: &mut dyn std::fmt::Write) {
    // A rate beyond any number of records is cut by the cast, which is as well.
    let _ = write!(out, "{} a second", grouped(state.per_sec() as u64));
}
