//! Parameters: what they take, and how people write it.

use std::fmt;
use std::ops::RangeInclusive;

use datafusion::scalar::ScalarValue;
use serde::Deserialize;

/// What every report is given: the period from when to when (instants), the zone that hours and days are of, when the
/// period of the same length before began, and the moment it is asked.
pub(crate) const GIVEN: [&str; 5] = ["from", "to", "tz", "before", "now"];

/// A choice that a report leaves.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// In SQL it is `$name`.
    pub name: String,
    /// What it takes.
    pub kind: Kind,
    /// Of a choice and a bucket: what can be chosen.
    pub choices: Vec<String>,
    /// Of numbers: from which to which.
    pub range: Option<RangeInclusive<f64>>,
    /// What it is when nobody says so; otherwise `NULL`.
    pub default: Option<Value>,
    /// Somebody has to say.
    pub required: bool,
    /// What it is for.
    pub help: String,
}

/// What a parameter takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// How long the pieces of the period are: an hour, day, week, month, quarter or year.
    Bucket,
    /// Any text.
    Text,
    /// A whole number.
    Integer,
    /// Any number.
    Number,
    /// Yes or no.
    Flag,
    /// One of a few words.
    Choice,
    /// A phone number, as it is dialled at home; SQL sees it as the tables have it.
    Phone,
    /// Somebody's extension or name; SQL sees the extension's id.
    Extension,
    /// A queue's, likewise.
    Queue,
}

/// A parameter's value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Of texts, choices, buckets, phone numbers.
    Text(String),
    /// Of whole numbers, extensions, queues.
    Integer(i64),
    /// Of numbers.
    Number(f64),
    /// Of flags.
    Flag(bool),
}

/// What people's words mean in an archive.
pub trait Words {
    /// A phone number as the tables have it: E.164, if it can be read so.
    fn phone(&self, text: &str) -> Option<String>;

    /// The id of whoever has this extension, or name.
    ///
    /// # Errors
    /// Why nobody is meant, for people.
    fn extension(&self, text: &str) -> Result<i64, String>;

    /// The id of the queue.
    ///
    /// # Errors
    /// Why none is meant, for people.
    fn queue(&self, text: &str) -> Result<i64, String>;
}

impl Kind {
    pub(crate) const BUCKETS: [&'static str; 6] =
        ["hour", "day", "week", "month", "quarter", "year"];

    fn as_str(self) -> &'static str {
        match self {
            Self::Bucket => "bucket",
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Flag => "flag",
            Self::Choice => "choice",
            Self::Phone => "phone",
            Self::Extension => "extension",
            Self::Queue => "queue",
        }
    }

    /// `NULL` of the type that SQL sees.
    fn null(self) -> ScalarValue {
        match self {
            Self::Bucket | Self::Text | Self::Choice | Self::Phone => ScalarValue::Utf8(None),
            Self::Integer | Self::Extension | Self::Queue => ScalarValue::Int64(None),
            Self::Number => ScalarValue::Float64(None),
            Self::Flag => ScalarValue::Boolean(None),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Parameter {
    /// What somebody wrote as a value.
    pub(crate) fn read(&self, text: &str, words: &dyn Words) -> Result<Value, String> {
        match self.kind {
            Kind::Text => Ok(Value::Text(text.to_owned())),
            Kind::Bucket | Kind::Choice => self.choice(text),
            Kind::Integer => {
                let number: i64 =
                    text.parse().map_err(|_| format!("'{text}' is no whole number"))?;
                self.check(number as f64, text)?;
                Ok(Value::Integer(number))
            }
            Kind::Number => {
                let number = text.parse().ok().filter(|number: &f64| number.is_finite());
                let number = number.ok_or_else(|| format!("'{text}' is no number"))?;
                self.check(number, text)?;
                Ok(Value::Number(number))
            }
            Kind::Flag => match text {
                "yes" | "true" => Ok(Value::Flag(true)),
                "no" | "false" => Ok(Value::Flag(false)),
                _ => Err(format!("'{text}' is neither yes nor no")),
            },
            Kind::Phone => {
                let number = words.phone(text).map(Value::Text);
                number.ok_or_else(|| format!("'{text}' is no phone number"))
            }
            Kind::Extension => words.extension(text).map(Value::Integer),
            Kind::Queue => words.queue(text).map(Value::Integer),
        }
    }

    pub(crate) fn check(&self, number: f64, text: &str) -> Result<(), String> {
        match &self.range {
            Some(range) if !range.contains(&number) => {
                let (least, most) = (range.start(), range.end());
                Err(format!("{text} is not from {least} to {most}"))
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn choice(&self, text: &str) -> Result<Value, String> {
        match self.choices.iter().any(|choice| choice == text) {
            true => Ok(Value::Text(text.to_owned())),
            false => Err(format!("'{text}' is none of {}", self.choices.join(", "))),
        }
    }

    /// A value as SQL sees it.
    pub(crate) fn scalar(&self, value: Option<&Value>) -> ScalarValue {
        match value {
            None => self.kind.null(),
            Some(Value::Text(text)) => ScalarValue::Utf8(Some(text.clone())),
            Some(Value::Integer(number)) => ScalarValue::Int64(Some(*number)),
            Some(Value::Number(number)) => ScalarValue::Float64(Some(*number)),
            Some(Value::Flag(flag)) => ScalarValue::Boolean(Some(*flag)),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.pad(text),
            Self::Integer(number) => number.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Flag(flag) => f.pad(if *flag { "yes" } else { "no" }),
        }
    }
}
