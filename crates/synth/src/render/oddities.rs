//! What a careful reader must survive: fields and words nobody announced, and numbers that a
//! floating-point variable does not give back.

use crate::draw::{Purpose, mix};
use crate::terms::{Action, Outcome};

/// Whole fields of a record that the contract does not know.
const RECORD_FIELDS: [&str; 10] = [
    r#""aiScore":0.10"#,
    r#""x-routing":{"hops":3,"weight":1E2,"path":["front door","hall"]}"#,
    r#""revision":9007199254740993"#,
    r#""traceNumber":12345678901234567890123"#,
    r#""sentiment":"Delighted""#,
    r#""outcomeCode":null"#,
    r#""x-empty":{},"x-list":[]"#,
    r#""jitter":-0.0"#,
    r#""mos":4.250,"lossRate":1.0e-10"#,
    r#""summary":"line one\nline two \u00e9 \ud83d\udcde \/""#,
];

const LEG_FIELDS: [&str; 4] = [
    r#""hopNumber":1E0"#,
    r#""codec":{"name":"opus","kbps":24.00}"#,
    r#""x-carrier":"Carrier \"B\"""#,
    r#""packets":18446744073709551617"#,
];

const PARTY_FIELDS: [&str; 3] =
    [r#""verified":true"#, r#""reputation":0.70"#, r#""x-tags":["vip","élan"]"#];

/// Prices a minute, as text.
const PRICES: [&str; 8] =
    ["0.10", "1.50", "0.000", "0.029", "1E-2", "2.50e-2", "0.049999999999999999999", "0.3"];

/// The departures of one call, the same in every log and view.
pub(super) struct Oddities {
    seed: u64,
    call: u32,
    bits: u64,
}

impl Oddities {
    pub(super) fn new(seed: u64, call: u32) -> Self {
        Self { seed, call, bits: mix(seed, Purpose::Oddities, u64::from(call) << 8) }
    }

    /// One record in 500 has a word in `action` or `result` that the contract does not list.
    pub(super) fn is_unknown_enum(&self) -> bool {
        self.bits.is_multiple_of(500)
    }

    /// The record's `action`.
    pub(super) fn action(&self, action: Action) -> &'static str {
        match self.bits / 500 % 4 {
            0 if self.is_unknown_enum() => "AI Receptionist",
            1 if self.is_unknown_enum() => "Video Call",
            _ => action.as_str(),
        }
    }

    /// The record's `result`.
    pub(super) fn result(&self, outcome: Outcome) -> &'static str {
        match self.bits / 500 % 4 {
            2 if self.is_unknown_enum() => "Answered By Assistant",
            3 if self.is_unknown_enum() => "Screened",
            _ => outcome.as_str(),
        }
    }

    pub(super) fn record_fields(&self) -> Option<&'static str> {
        pick(self.bits >> 16, 12, &RECORD_FIELDS)
    }

    pub(super) fn leg_fields(&self, leg: usize) -> Option<&'static str> {
        pick(self.number(1 + leg as u64), 30, &LEG_FIELDS)
    }

    pub(super) fn party_fields(&self, from: bool) -> Option<&'static str> {
        pick(self.bits >> if from { 24 } else { 32 }, 40, &PARTY_FIELDS)
    }

    /// Free words in `metadataCategories`.
    pub(super) fn categories(&self) -> Option<&'static str> {
        pick(self.bits >> 40, 30, &[r#"["Sensitive"]"#, r#"["Customer/VIP","Déjà vu"]"#])
    }

    /// A price a minute.
    pub(super) fn price(&self) -> &'static str {
        PRICES[(self.bits >> 44) as usize % PRICES.len()]
    }

    /// True for one call in `count`, independently for each `salt`.
    pub(super) fn one_in(&self, count: u64, salt: u64) -> bool {
        self.number(100 + salt).is_multiple_of(count)
    }

    fn number(&self, salt: u64) -> u64 {
        mix(self.seed, Purpose::Oddities, (u64::from(self.call) << 8) | salt)
    }
}

/// Nothing, or in one of `rarity` cases one of `choices`.
fn pick(bits: u64, rarity: u64, choices: &[&'static str]) -> Option<&'static str> {
    let chosen = choices[(bits / rarity) as usize % choices.len()];
    bits.is_multiple_of(rarity).then_some(chosen)
}
