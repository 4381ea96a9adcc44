//! Costs, as exact as they are written.

use crate::row::Cost;
use crate::wire::{Billing, Call};

/// More digits than this are not read; a cost has none of them.
const MOST_DIGITS: usize = 36;

/// Σ `billing` of the records; of a record that has none, of its legs.
pub(crate) fn cost<'r, 'a: 'r>(records: impl Iterator<Item = &'r Call<'a>>) -> Cost {
    let mut cost = Cost::default();
    for record in records {
        if record.billing.is_empty() {
            record.legs.iter().flatten().for_each(|leg| cost.add(&leg.billing));
        } else {
            cost.add(&record.billing);
        }
    }
    cost
}

impl Billing<'_> {
    fn is_empty(&self) -> bool {
        self.included.is_none() && self.purchased.is_none()
    }
}

impl Cost {
    fn add(&mut self, billing: &Billing<'_>) {
        let Self { included_millionths, purchased_millionths, rounded } = self;
        for (text, sum) in
            [(&billing.included, included_millionths), (&billing.purchased, purchased_millionths)]
        {
            let Some(text) = text else { continue };
            let (value, exact) = millionths(text).unwrap_or((0, false));
            let total = sum.checked_add(value);
            *rounded |= !exact || total.is_none();
            *sum = total.unwrap_or(*sum);
        }
    }
}

/// A JSON number's value in millionths, and whether that is all of it. `None` if it is no number, or too large.
fn millionths(text: &str) -> Option<(i64, bool)> {
    let (digits, exponent) = match text.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (negative, digits) = digits.strip_prefix('-').map_or((false, digits), |rest| (true, rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() || whole.len() + fraction.len() > MOST_DIGITS {
        return None;
    }
    let mut value: i128 = 0;
    for digit in whole.chars().chain(fraction.chars()) {
        value = value * 10 + i128::from(digit.to_digit(10)?);
    }
    let scale = exponent.checked_sub(fraction.len() as i32)?.checked_add(6)?;
    let (value, exact) = shifted(value, scale)?;
    let value = i64::try_from(value).ok()?;
    Some((if negative { -value } else { value }, exact))
}

/// `value` × 10^`places`, rounded half up, and whether nothing was lost.
fn shifted(value: i128, places: i32) -> Option<(i128, bool)> {
    if value == 0 {
        return Some((0, true));
    }
    let Some(power) = 10_i128.checked_pow(places.unsigned_abs()) else {
        // So small that nothing is left of it; so large that it cannot be held.
        return (places < 0).then_some((0, false));
    };
    if places >= 0 {
        return Some((value.checked_mul(power)?, true));
    }
    let (quotient, rest) = (value / power, value % power);
    Some((quotient + i128::from(rest >= power - rest), rest == 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn costs_are_read_as_they_are_written() {
        for (text, value) in [
            ("0.10", Some((100_000, true))),
            ("1.50", Some((1_500_000, true))),
            ("0.000", Some((0, true))),
            ("1E-2", Some((10_000, true))),
            ("2.50e-2", Some((25_000, true))),
            ("-0.3", Some((-300_000, true))),
            ("12e0", Some((12_000_000, true))),
            ("0.049999999999999999999", Some((50_000, false))),
            ("0.0000005", Some((1, false))),
            ("0.0000004", Some((0, false))),
            ("1e-400", Some((0, false))),
            ("0e400", Some((0, true))),
            ("1e400", None),
            ("9e12", Some((9_000_000_000_000_000_000, true))),
            ("9.3e12", None),
            ("free", None),
            ("", None),
        ] {
            assert_eq!(millionths(text), value, "{text}");
        }
    }
}
