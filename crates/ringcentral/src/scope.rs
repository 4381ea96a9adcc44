//! What an app has to be allowed to do, by what it is used for.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What needs permissions of the app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feature {
    /// The company's call log, with the names of its extensions.
    CallLog,
    /// The call log of the user who signed in.
    OwnCallLog,
    /// Names of people, queues and sites, and the hours when they work.
    Directory,
    /// Recordings of calls.
    Recordings,
}

/// One scope includes another: whoever has the first needs no second.
const INCLUDES: [(&str, &str); 2] =
    [("ReadCallRecording", "ReadCallLog"), ("EditCallLog", "ReadCallLog")];

impl Feature {
    /// Every one of them.
    pub const ALL: [Self; 4] = [Self::CallLog, Self::OwnCallLog, Self::Directory, Self::Recordings];

    /// The application scopes that it needs, as RingCentral's developer console names them.
    pub const fn needs(self) -> &'static [&'static str] {
        match self {
            Self::CallLog => &["ReadAccounts", "ReadCallLog"],
            Self::OwnCallLog => &["ReadCallLog"],
            Self::Directory => &["ReadAccounts"],
            Self::Recordings => &["ReadCallRecording"],
        }
    }

    /// For people.
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::CallLog => "the company's call log",
            Self::OwnCallLog => "one's own call log",
            Self::Directory => "the directory of people and queues",
            Self::Recordings => "recordings",
        }
    }
}

/// The scopes that a sign-in has.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Scopes(Vec<String>);

impl Scopes {
    /// Reads the answer's `scope`: names with blanks between them.
    pub fn parse(text: &str) -> Self {
        Self(text.split_whitespace().map(str::to_owned).collect())
    }

    /// Those that a feature needs and that are not there.
    pub fn missing(&self, feature: Feature) -> Vec<&'static str> {
        feature.needs().iter().copied().filter(|needed| !self.has(needed)).collect()
    }

    fn has(&self, needed: &str) -> bool {
        let includes = |has: &str| has == needed || INCLUDES.contains(&(has, needed));
        self.0.iter().any(|has| includes(has))
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_what_neither_is_there_nor_included() {
        let none: [&str; 0] = [];
        let scopes = Scopes::parse(" ReadCallLog\nFaxes ");
        assert_eq!(scopes.missing(Feature::CallLog), ["ReadAccounts"]);
        assert_eq!(scopes.missing(Feature::OwnCallLog), none);
        assert_eq!(scopes.missing(Feature::Recordings), ["ReadCallRecording"]);
        let scopes = Scopes::parse("ReadAccounts ReadCallRecording");
        assert!(Feature::ALL.iter().all(|feature| scopes.missing(*feature).is_empty()));
        assert_eq!(Scopes::default().missing(Feature::CallLog), ["ReadAccounts", "ReadCallLog"]);
    }
}
