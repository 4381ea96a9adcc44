//! What a field of a table holds.

use std::borrow::Cow;

/// A value, if there is one.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    /// None.
    Empty,
    /// Text that somebody outside may have chosen.
    Text(Cow<'a, str>),
    /// Texts that upstream made, not a caller: letters, digits, `-` and `_`.
    Id(Cow<'a, str>),
    /// A whole number.
    Number(i64),
    /// Any other number.
    Float(f64),
    /// A number with all its digits, such as an amount of money.
    Decimal(String),
    /// An instant, in milliseconds since 1970-01-01T00:00:00Z.
    Moment(i64),
    /// What a clock on the wall shows, in milliseconds since it showed 1970-01-01T00:00:00.
    Clock(i64),
    /// Yes or no.
    Flag(bool),
}

impl Cell<'_> {
    /// As a number, to be drawn.
    #[must_use]
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number as f64),
            Self::Float(number) => Some(*number),
            Self::Decimal(number) => number.parse().ok(),
            _ => None,
        }
    }
}
