//! Writes rows as cases have them.

use std::fmt::Display;

use callbook_interaction::{Derived, Interaction, Kind, Offer, QueueVisit, Recording};
use callbook_model::ExtensionId;
use jiff::Timestamp;

use crate::company::name;

/// A line that grows by what is something.
struct Line(String, i64);

impl Line {
    fn word(&mut self, word: impl Display) {
        if !self.0.is_empty() {
            self.0.push(' ');
        }
        self.0 += &word.to_string();
    }

    fn optional(&mut self, key: &str, value: Option<impl Display>) {
        if let Some(value) = value {
            self.word(format_args!("{key} {value}"));
        }
    }

    fn some(&mut self, key: &str, value: i64) {
        self.optional(key, (value != 0).then_some(value));
    }

    fn many(&mut self, key: &str, value: u32) {
        self.optional(key, (value != 1).then_some(value));
    }

    fn user(&mut self, key: &str, id: Option<ExtensionId>) {
        self.optional(key, id.map(name));
    }

    fn length(&mut self, key: &str, ms: i64) {
        self.optional(key, (ms != 0).then(|| seconds(ms)));
    }

    fn moment(&mut self, key: &str, at: Option<Timestamp>) {
        self.optional(key, at.map(|at| seconds(at.as_millisecond() - self.1)));
    }

    fn span(&mut self, start: Timestamp, length_ms: i64) {
        let start = seconds(start.as_millisecond() - self.1);
        self.word(format_args!("{start}+{}", seconds(length_ms)));
    }
}

fn seconds(ms: i64) -> f64 {
    ms as f64 / 1000.0
}

pub fn lines(rows: &Derived<'_>, origin_ms: i64) -> Vec<String> {
    let line = || Line(String::new(), origin_ms);
    let mut lines = vec![interaction(line(), &rows.interaction)];
    lines.extend(rows.offers.iter().map(|row| offer(line(), row)));
    lines.extend(rows.queue_visits.iter().map(|row| visit(line(), row)));
    lines.extend(rows.recordings.iter().map(|row| recording(line(), row)));
    lines
}

fn interaction(mut line: Line, row: &Interaction<'_>) -> String {
    line.span(row.started, row.duration_ms);
    if row.kind == Kind::Fax {
        line.word("fax");
    }
    let (direction, origin) = (row.direction, row.origin);
    line.word(format_args!("{direction} {origin} {}", row.disposition));
    line.user("by", row.answered_by);
    line.moment("at", row.answered_at);
    line.length("wait", row.wait_ms);
    line.length("talk", row.talk_ms);
    line.user("queue", row.first_queue);
    line.some("visits", row.queue_visits.into());
    line.some("offers", row.offers.into());
    line.some("refused", row.refused.into());
    line.some("transfers", row.transfers.into());
    line.some("hops", row.hops.into());
    line.many("legs", row.legs);
    line.many("records", row.records);
    line.optional("customer", row.customer_number.as_deref());
    line.optional("company", row.company_number.as_deref());
    let cost = row.cost;
    line.some("included", cost.included_millionths);
    line.some("purchased", cost.purchased_millionths);
    for (word, is) in [
        ("rounded", cost.rounded),
        ("recorded", row.recorded),
        ("voicemail", row.voicemail),
        ("after-hours", row.after_hours == Some(true)),
    ] {
        if is {
            line.word(word);
        }
    }
    line.0
}

fn offer(mut line: Line, row: &Offer) -> String {
    line.user("offer", Some(row.extension));
    line.span(row.started, row.ended.as_millisecond() - row.started.as_millisecond());
    line.length("ring", row.ring_ms);
    line.length("talk", row.talk_ms);
    line.word(row.outcome);
    line.user("queue", row.queue);
    line.some("visit", row.visit.unwrap_or_default().into());
    line.many("legs", row.legs);
    line.0
}

fn visit(mut line: Line, row: &QueueVisit) -> String {
    line.user("visit", Some(row.queue));
    line.moment("at", Some(row.entered));
    line.length("wait", row.wait_ms);
    line.word(row.outcome);
    line.user("by", row.answered_by);
    line.some("offers", row.offers.into());
    if row.overflow_in {
        line.word("overflow-in");
    }
    line.0
}

fn recording(mut line: Line, row: &Recording<'_>) -> String {
    line.optional("recording", Some(&row.id));
    line.optional("of", Some(&row.call));
    line.optional("leg", row.leg);
    line.span(row.started, row.duration_ms);
    row.kind.iter().for_each(|kind| line.word(kind));
    line.0
}
