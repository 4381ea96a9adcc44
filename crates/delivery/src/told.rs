//! What somebody was told of a threshold, so that they are not told again and again.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// What one channel knows of a threshold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// When it was last told that the threshold is crossed.
    alarm: Option<Timestamp>,
    /// Since when it is, as far as the channel was told and not told otherwise.
    since: Option<Timestamp>,
}

/// What is to be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saying {
    /// It is crossed.
    Began,
    /// It still is, since then.
    Lasts(Timestamp),
    /// It no longer is, after it was since then.
    Passed(Timestamp),
}

impl Told {
    /// What to say at `now`, if anything, and what the channel knows then. Between two alarms lies at least the pause;
    /// that it has passed is said at once.
    #[must_use]
    pub fn next(
        &self,
        crossed: bool,
        pause: SignedDuration,
        now: Timestamp,
    ) -> (Option<Saying>, Self) {
        let quiet = self.alarm.is_some_and(|alarm| now.duration_since(alarm) < pause);
        match (crossed, self.since) {
            (true, None) if !quiet => {
                (Some(Saying::Began), Self { alarm: Some(now), since: Some(now) })
            }
            (true, Some(since)) if !quiet => {
                (Some(Saying::Lasts(since)), Self { alarm: Some(now), since: Some(since) })
            }
            (false, Some(since)) => {
                (Some(Saying::Passed(since)), Self { alarm: self.alarm, since: None })
            }
            _ => (None, self.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PAUSE: SignedDuration = SignedDuration::from_hours(4);

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + 60 * minute).unwrap()
    }

    /// What is said, minute by minute.
    fn said(crossed: &[(i64, bool)]) -> Vec<(i64, Saying)> {
        let mut told = Told::default();
        let step = |(minute, crossed): &(i64, bool)| {
            let (saying, after) = told.next(*crossed, PAUSE, at(*minute));
            told = after;
            saying.map(|saying| (*minute, saying))
        };
        crossed.iter().filter_map(step).collect()
    }

    #[test]
    fn once_and_again_after_the_pause_and_when_it_is_over() {
        let said = said(&[
            (0, false),
            (1, true),
            (2, true),
            (240, true),
            (241, true),
            (250, false),
            (251, false),
        ]);
        let since = at(1);
        assert_eq!(
            said,
            [(1, Saying::Began), (241, Saying::Lasts(since)), (250, Saying::Passed(since))]
        );
    }

    #[test]
    fn what_comes_and_goes_is_told_once_a_pause() {
        let said = said(&[(0, true), (1, false), (2, true), (3, false), (4, true), (240, true)]);
        assert_eq!(said, [(0, Saying::Began), (1, Saying::Passed(at(0))), (240, Saying::Began)]);
    }

    proptest! {
        #[test]
        fn alarms_keep_their_distance_and_only_what_began_passes(looks in prop::collection::vec((1_i64..200, any::<bool>()), 1..60)) {
            let (mut minute, mut steps) = (0, Vec::new());
            for (after, crossed) in looks {
                minute += after;
                steps.push((minute, crossed));
            }
            let said = said(&steps);
            let alarms: Vec<_> = said.iter().filter(|(_, saying)| !matches!(saying, Saying::Passed(_))).collect();
            prop_assert!(alarms.windows(2).all(|pair| pair[1].0 - pair[0].0 >= 240));
            let mut open = false;
            for (_, saying) in &said {
                match saying {
                    Saying::Began => prop_assert!(!std::mem::replace(&mut open, true)),
                    Saying::Passed(_) => prop_assert!(std::mem::replace(&mut open, false)),
                    Saying::Lasts(_) => prop_assert!(open),
                }
            }
        }
    }
}
