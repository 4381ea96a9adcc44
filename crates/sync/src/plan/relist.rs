//! Which days are to be listed again: at 1, 7 and 30 days.

use callbook_model::Span;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::check::Check;
use super::clock::{date, day_after, days_before, start_of};

/// Days after which a day is listed again: calls come late, and go without a word.
const AGES: [i64; 3] = [1, 7, 30];

/// The next day of each age.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Relist([Option<Date>; 3]);

impl Relist {
    /// Everything was listed at `at`: that counts for each day at the age that it had.
    pub(super) fn all_listed(&mut self, at: Timestamp) {
        for (next, age) in self.0.iter_mut().zip(AGES) {
            let upto = days_before(date(at), age - 1);
            *next = Some(next.map_or(upto, |next| next.max(upto)));
        }
    }

    /// Days from this one on are listed again at the last age.
    pub(super) fn last_age_from(&self) -> Option<Date> {
        self.0[AGES.len() - 1]
    }

    /// The earliest day that is due.
    pub(super) fn due(&self, now: Timestamp) -> Option<Check> {
        let due = self.0.iter().zip(AGES).filter_map(|(next, age)| {
            let day = (*next)?;
            (day <= days_before(date(now), age)).then_some(day)
        });
        let day = due.min()?;
        let seal = day <= days_before(date(now), AGES[AGES.len() - 1]);
        let span = Span::new(start_of(day), start_of(day_after(day)))?;
        Some(Check::new(span, now, seal))
    }

    /// A day was listed: that counts for every age that it has by now.
    pub(super) fn listed(&mut self, day: Date, now: Timestamp) {
        for (next, age) in self.0.iter_mut().zip(AGES) {
            if *next == Some(day) && day <= days_before(date(now), age) {
                *next = Some(day_after(day));
            }
        }
    }

    /// When the next day becomes due.
    pub(super) fn next_due(&self) -> Option<Timestamp> {
        let dues = self.0.iter().zip(AGES).filter_map(|(next, age)| {
            Some(start_of((*next)?.saturating_add(jiff::Span::new().days(age))))
        });
        dues.min()
    }
}
