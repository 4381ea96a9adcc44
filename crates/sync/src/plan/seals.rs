//! Which days are to be sealed.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Sealing;
use super::clock::day_after;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Seals {
    /// Days that were listed for the last time.
    queue: Vec<Sealing>,
    /// Days that were old when they were first listed: from, and up to not including.
    history: Option<(Date, Date)>,
    /// The earliest day that was sealed, or is to be.
    earliest: Option<Date>,
}

impl Seals {
    pub(super) fn add(&mut self, sealing: Sealing) {
        self.queue.push(sealing);
    }

    /// Takes back what was to be sealed of a day.
    pub(super) fn remove(&mut self, day: Date) -> Option<Sealing> {
        let place = self.queue.iter().position(|sealing| sealing.day == day)?;
        Some(self.queue.remove(place))
    }

    /// Everything since `oldest` is in the archive; days from `relisted` on are listed again later.
    pub(super) fn listed(&mut self, oldest: Date, relisted: Date) {
        let upto = self.earliest.unwrap_or(relisted);
        if oldest < upto {
            let upto = self.history.map_or(upto, |(_, upto)| upto);
            self.history = Some((oldest, upto));
            self.earliest = Some(oldest);
        }
    }

    pub(super) fn next(&self) -> Option<Sealing> {
        let history = || self.history.map(|(day, _)| Sealing { day, upstream: None });
        self.queue.first().cloned().or_else(history)
    }

    pub(super) fn sealed(&mut self) {
        if !self.queue.is_empty() {
            self.queue.remove(0);
        } else if let Some((day, upto)) = self.history {
            let next = day_after(day);
            self.history = (next < upto).then_some((next, upto));
        }
    }
}
