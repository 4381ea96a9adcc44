//! The outside world: a pool of callers who call again.

use super::names::{FIRST, LAST, ORGANISATIONS};
use crate::draw::{Draw, Purpose};
use crate::phone::{self, Country, EAST, Holder, Style, WEST};

/// Somebody outside the company.
#[derive(Debug)]
pub(crate) struct Contact {
    /// E.164, with `+`.
    pub(crate) number: String,
    /// The same number the way records write it.
    pub(crate) written: String,
    pub(crate) name: Option<String>,
    pub(crate) location: Option<&'static str>,
    pub(crate) country: Country,
}

/// The pool: one contact for eight calls, between 40 and what the number ranges hold.
pub(super) fn pool(seed: u64, calls: u32) -> Vec<Contact> {
    let mut draw = Draw::new(seed, Purpose::Contacts, 0);
    let size = (calls / 8).clamp(40, 4000);
    let mut used = [0_u32; 6];
    (0..size).filter_map(|_| contact(&mut draw, &mut used)).collect()
}

/// Draws a contact; `used` counts the numbers taken from each range.
fn contact(draw: &mut Draw, used: &mut [u32; 6]) -> Option<Contact> {
    let ranges = [(0, 440), (1, 300), (2, 120), (3, 60), (4, 50), (5, 30)];
    let range: usize = draw.weighted(&ranges);
    let (country, found) = match range {
        0 => (Country::Us, phone::american(&EAST, Holder::Outside, used[0])),
        1 => (Country::Us, phone::american(&WEST, Holder::Outside, used[1])),
        2 => (Country::Gb, phone::number(Country::Gb, Holder::Outside, used[2])),
        3 => (Country::De, phone::number(Country::De, Holder::Outside, used[3])),
        4 => (Country::Fr, phone::number(Country::Fr, Holder::Outside, used[4])),
        _ => (Country::Au, phone::number(Country::Au, Holder::Outside, used[5])),
    };
    used[range] += 1;
    let (number, location) = found?;
    let style = draw.weighted(&[(Style::Plus, 960), (Style::Digits, 20), (Style::Formatted, 20)]);
    Some(Contact {
        written: phone::written(&number, style),
        number,
        name: name(draw),
        location: draw.chance(850).then_some(location),
        country,
    })
}

fn name(draw: &mut Draw) -> Option<String> {
    match draw.below(10) {
        0..3 => None,
        3..5 => Some(draw.pick(&ORGANISATIONS).to_owned()),
        5 => Some("WIRELESS CALLER".to_owned()),
        _ => Some(format!("{} {}", draw.pick(&FIRST), draw.pick(&LAST))),
    }
}
