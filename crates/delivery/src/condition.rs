//! What a value must be to be told.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

/// A comparison with a number: `< 80`.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(try_from = "String")]
pub struct Condition {
    comparison: Comparison,
    bound: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Less,
    AtMost,
    More,
    AtLeast,
    Equal,
    Other,
}

/// A text that is no condition.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no condition: write <, <=, >, >=, = or != and a number")]
pub struct ConditionError(String);

/// The longer ones first.
const SIGNS: [(&str, Comparison); 6] = [
    ("<=", Comparison::AtMost),
    (">=", Comparison::AtLeast),
    ("!=", Comparison::Other),
    ("<", Comparison::Less),
    (">", Comparison::More),
    ("=", Comparison::Equal),
];

impl Condition {
    /// Whether it holds.
    #[must_use]
    pub fn holds(self, value: f64) -> bool {
        match self.comparison {
            Comparison::Less => value < self.bound,
            Comparison::AtMost => value <= self.bound,
            Comparison::More => value > self.bound,
            Comparison::AtLeast => value >= self.bound,
            Comparison::Equal => value == self.bound,
            Comparison::Other => value != self.bound,
        }
    }
}

impl FromStr for Condition {
    type Err = ConditionError;

    fn from_str(text: &str) -> Result<Self, ConditionError> {
        let error = || ConditionError(text.to_owned());
        let sign = SIGNS.into_iter().find(|(sign, _)| text.trim_start().starts_with(sign));
        let (sign, comparison) = sign.ok_or_else(error)?;
        let number = text.trim_start()[sign.len()..].trim().parse().ok();
        let bound = number.filter(|number: &f64| number.is_finite()).ok_or_else(error)?;
        Ok(Self { comparison, bound })
    }
}

impl TryFrom<String> for Condition {
    type Error = ConditionError;

    fn try_from(text: String) -> Result<Self, ConditionError> {
        text.parse()
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = SIGNS.iter().find(|(_, comparison)| *comparison == self.comparison);
        write!(f, "{} {}", sign.map_or("", |(sign, _)| sign), self.bound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_in_or_out() {
        for (text, holding) in [
            ("< 80", [true, false, false]),
            ("<=80", [true, true, false]),
            ("> 80", [false, false, true]),
            (" >= 80.0 ", [false, true, true]),
            ("= 80", [false, true, false]),
            ("!= 80", [true, false, true]),
        ] {
            let condition: Condition = text.parse().unwrap();
            assert_eq!([79.9, 80.0, 80.1].map(|value| condition.holds(value)), holding, "{text}");
            assert_eq!(condition.to_string().parse(), Ok(condition));
        }
        for text in ["80", "", "<", "< many", "=> 1", "< NaN", "<> 1"] {
            assert!(text.parse::<Condition>().is_err(), "{text}");
        }
    }
}
