//! Progress: a bar on a terminal, a line now and then elsewhere.

use std::io::IsTerminal as _;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use callbook_sync::Progress;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::output::{grouped, note};

/// All bars: lines are printed above them. Hidden by themselves when standard error is no terminal.
static BARS: LazyLock<MultiProgress> = LazyLock::new(MultiProgress::new);

/// Off a terminal, so often is it said how far it is.
const LINE_EVERY: Duration = Duration::from_secs(60);

/// Shown until finished.
pub struct Bar {
    bar: ProgressBar,
    what: &'static str,
    told: Mutex<Instant>,
}

/// Prints something without mixing it up with a bar.
pub fn aside<T>(print: impl FnOnce() -> T) -> T {
    BARS.suspend(print)
}

/// Takes all bars off the terminal, for good.
pub fn end() {
    // What cannot be taken off stays.
    let _ = BARS.clear();
    BARS.set_draw_target(ProgressDrawTarget::hidden());
}

impl Bar {
    /// Shows what is being done, at first without knowing how much there is.
    pub fn start(what: &'static str) -> Self {
        let bar = BARS.add(ProgressBar::new_spinner().with_message(what));
        bar.set_style(style("{spinner} {msg}: {human_pos} records ({rate}) {prefix}"));
        bar.enable_steady_tick(Duration::from_millis(100));
        Self { bar, what, told: Mutex::new(Instant::now()) }
    }

    /// Shows how far it is.
    pub fn show(&self, progress: &Progress) {
        if self.bar.length().is_none()
            && let Some(total) = progress.total
        {
            self.bar.set_length(total);
            self.bar.set_style(style(
                "{msg} [{wide_bar}] {human_pos} of {human_len}, {rate}, {prefix}",
            ));
        }
        let reached = format!("back to {}", progress.reached.strftime("%Y-%m-%d"));
        let total =
            progress.total.map_or_else(String::new, |total| format!(" of {}", grouped(total)));
        self.tell(|| format!("{}{total} records, {reached}", grouped(progress.records)));
        self.bar.set_prefix(reached);
        self.bar.set_position(progress.records);
    }

    /// Shows how many there were so far, of an unknown number.
    pub fn count(&self, records: u64) {
        self.tell(|| format!("{} so far", grouped(records)));
        self.bar.set_position(records);
    }

    /// Takes it off the terminal.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }

    /// Without a terminal nobody sees the bar, and silence looks like a hang.
    fn tell(&self, how_far: impl FnOnce() -> String) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.elapsed() >= LINE_EVERY && !std::io::stderr().is_terminal() {
            *told = Instant::now();
            note!("{}: {}", self.what, how_far());
        }
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
