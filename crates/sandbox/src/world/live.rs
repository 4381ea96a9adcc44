//! Calls that go on being made, and what becomes of them.
//!
//! Everything is drawn from the seed and the call's number. Of a thousand live calls:
//!
//! | | |
//! |---|---|
//! | 20 | show up late, 1 to 72 hours after they ended; every fourth of them with the `lastModifiedTime` that it would have had in time |
//! | 40 | are edited within ten minutes, 10 more within two weeks |
//! | 10 | are deleted within the hour, 5 more without a trace |
//! | 10 | bring an edit of an older call with them, whatever its age |
//! | 2, 2 | bring the deletion of an older call with them, with and without a trace |

use callbook_synth::{Company, Scenario};
use sha2::{Digest, Sha256};

use super::overlay::{Change, Made, Overlay, What};

const SECOND_MS: u64 = 1_000;
const HOUR_MS: u64 = 3_600 * SECOND_MS;
const DAY_MS: u64 = 24 * HOUR_MS;

/// Draws from the seed, one for each purpose and number.
#[derive(Clone, Copy)]
struct Dice {
    seed: u64,
    number: u64,
}

impl Dice {
    fn roll(self, purpose: &str) -> u64 {
        let mut hash = Sha256::new();
        hash.update(b"callbook sandbox live 1\0");
        hash.update(self.seed.to_be_bytes());
        hash.update(self.number.to_be_bytes());
        hash.update(purpose.as_bytes());
        let hash = hash.finalize();
        hash.iter().take(8).fold(0, |number, byte| (number << 8) | u64::from(*byte))
    }

    /// True in `per_mille` of 1,000 cases.
    fn chance(self, purpose: &str, per_mille: u64) -> bool {
        self.roll(purpose) % 1_000 < per_mille
    }

    /// A length of time in `low` ≤ x < `high`, in milliseconds.
    fn between(self, purpose: &str, low: u64, high: u64) -> i64 {
        (low + self.roll(&format!("{purpose} when")) % (high - low)) as i64
    }
}

/// Makes all live calls that are due by `now_ms`.
pub(super) fn catch_up(company: &Company, overlay: &mut Overlay, per_minute: u32, now_ms: i64) {
    while let Some((number, start_ms)) = overlay.live.filter(|(_, start_ms)| *start_ms <= now_ms) {
        let dice = Dice { seed: company.config().seed, number };
        let late = dice.chance("late", 20);
        let late_ms = if late { dice.between("late", HOUR_MS, 72 * HOUR_MS) } else { 0 };
        let honest = !dice.roll("late modification").is_multiple_of(4);
        for call in make(company, overlay, (start_ms, start_ms), None, late_ms, honest) {
            befall(company, overlay, dice, call);
        }
        disturb_older(company, overlay, dice, start_ms);
        // Evenly between nothing and twice the mean.
        let gap_ms = dice.roll("gap") % (2 * 60_000 / u64::from(per_minute.max(1)) + 1);
        overlay.live = Some((number + 1, start_ms + gap_ms as i64));
    }
}

/// Makes one or two calls and gives their numbers. `late_ms` is added to the time until they show up; their
/// `lastModifiedTime` has it too if it is `honest`.
pub(super) fn make(
    company: &Company,
    overlay: &mut Overlay,
    (made_ms, start_ms): (i64, i64),
    scenario: Option<Scenario>,
    late_ms: i64,
    honest: bool,
) -> Vec<u32> {
    let extras = company.improvise(overlay.next_number(), start_ms, scenario);
    let numbers = extras.into_iter().map(|extra| {
        let call = company.extra(&extra);
        let in_time_ms = call.modified_ms();
        let shown_ms = in_time_ms.saturating_add(late_ms);
        let modified_ms = if honest { shown_ms } else { in_time_ms };
        let number = overlay.next_number();
        let end_ms = call.end_ms();
        overlay.add(company, Made { extra, made_ms, end_ms, shown_ms, modified_ms });
        number
    });
    numbers.collect()
}

/// What becomes of a live call.
fn befall(company: &Company, overlay: &mut Overlay, dice: Dice, call: u32) {
    let shown_ms = overlay.made(call).map_or(0, |made| made.shown_ms);
    let fates = [
        ("edited soon", 40, What::Edited, SECOND_MS, 600 * SECOND_MS),
        ("edited late", 10, What::Edited, HOUR_MS, 14 * DAY_MS),
        ("deleted", 10, What::Deleted, 5 * SECOND_MS, HOUR_MS),
        ("gone", 5, What::Gone, 5 * SECOND_MS, HOUR_MS),
    ];
    for (purpose, per_mille, what, low, high) in fates {
        if dice.chance(purpose, per_mille) {
            let at_ms = shown_ms.saturating_add(dice.between(purpose, low, high));
            overlay.change(company, call, Change { at_ms, what });
        }
    }
}

/// What a live call does to an older one of the company's own.
fn disturb_older(company: &Company, overlay: &mut Overlay, dice: Dice, at_ms: i64) {
    let own = u64::from(company.config().calls);
    let fates = [
        ("old edit", 10, What::Edited),
        ("old deletion", 2, What::Deleted),
        ("old gone", 2, What::Gone),
    ];
    for (purpose, per_mille, what) in fates {
        if own == 0 || !dice.chance(purpose, per_mille) {
            continue;
        }
        let call = (dice.roll(&format!("{purpose} which")) % own) as u32;
        if company.shown_ms(call) < at_ms {
            overlay.change(company, call, Change { at_ms, what });
        }
    }
}
