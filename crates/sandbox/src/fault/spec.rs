//! `KIND[=SHARE][:LENGTH][@PATH]`: which fault, how often, how long, where.

use std::str::FromStr;
use std::time::Duration;

use super::FaultKind;

/// One request in a hundred, unless told otherwise.
const USUAL_SHARE: f64 = 0.01;

/// Which fault befalls what share of the requests: `429=0.02`, `slow=0.01:2s`, `reset@/call-log`.
#[derive(Debug, Clone, PartialEq)]
pub struct FaultSpec {
    /// What goes wrong.
    pub kind: FaultKind,
    /// Of the requests that it can befall, above 0 and at most 1; 0.01 unless given.
    pub share: f64,
    /// How long it takes, or asks to wait; zero where time plays no part.
    pub length: Duration,
    /// What a request's path has to contain.
    pub path: Option<String>,
}

/// A fault that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseFaultError {
    /// No such fault.
    #[error("there is no fault `{0}`; there are: {all}", all = FaultKind::ALL.map(FaultKind::name).join(", "))]
    Kind(String),
    /// Not a share of requests.
    #[error("`{0}` is not a share of requests: write a number above 0 and at most 1 such as 0.02")]
    Share(String),
    /// Not a length of time.
    #[error(
        "`{0}` is not a length of time: write whole seconds or milliseconds such as 2s or 500ms"
    )]
    Length(String),
    /// A length where time plays no part.
    #[error("the fault {0} takes no length of time")]
    Timeless(FaultKind),
}

impl FaultSpec {
    /// Whether it can befall a request for this path and query.
    pub(crate) fn can_befall(&self, target: &str) -> bool {
        let path = target.split('?').next().unwrap_or(target);
        self.kind.can_befall(target) && self.path.as_ref().is_none_or(|part| path.contains(part))
    }
}

impl FromStr for FaultSpec {
    type Err = ParseFaultError;

    fn from_str(text: &str) -> Result<Self, ParseFaultError> {
        let (rest, path) = split(text, '@');
        let (rest, length) = split(rest, ':');
        let (name, share) = split(rest, '=');
        let kind = FaultKind::ALL.into_iter().find(|kind| kind.name() == name);
        let kind = kind.ok_or_else(|| ParseFaultError::Kind(name.to_owned()))?;
        let length = match (length, kind.usual_length()) {
            (Some(_), None) => return Err(ParseFaultError::Timeless(kind)),
            (Some(length), Some(_)) => parse_length(length)?,
            (None, usual) => usual.unwrap_or_default(),
        };
        let share = share.map_or(Ok(USUAL_SHARE), parse_share)?;
        Ok(Self { kind, share, length, path: path.map(str::to_owned) })
    }
}

fn split(text: &str, at: char) -> (&str, Option<&str>) {
    text.split_once(at).map_or((text, None), |(before, after)| (before, Some(after)))
}

fn parse_share(text: &str) -> Result<f64, ParseFaultError> {
    let share = text.parse().ok().filter(|&share: &f64| share > 0.0 && share <= 1.0);
    share.ok_or_else(|| ParseFaultError::Share(text.to_owned()))
}

fn parse_length(text: &str) -> Result<Duration, ParseFaultError> {
    let number = |digits: &str| digits.parse().ok();
    let length = match text.strip_suffix("ms") {
        Some(milliseconds) => number(milliseconds).map(Duration::from_millis),
        None => text.strip_suffix('s').and_then(number).map(Duration::from_secs),
    };
    length.ok_or_else(|| ParseFaultError::Length(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(text: &str) -> FaultSpec {
        text.parse().unwrap()
    }

    #[test]
    fn every_part_but_the_kind_may_be_left_out() {
        for kind in FaultKind::ALL {
            let length = kind.usual_length().unwrap_or_default();
            let expected = FaultSpec { kind, share: 0.01, length, path: None };
            assert_eq!(spec(kind.name()), expected);
        }
        let whole = FaultSpec {
            kind: FaultKind::Slow,
            share: 0.5,
            length: Duration::from_millis(20),
            path: Some("/call-log".to_owned()),
        };
        assert_eq!(spec("slow=0.5:20ms@/call-log"), whole);
        assert_eq!(spec("429:3s").length, Duration::from_secs(3));
    }

    #[test]
    fn what_is_wrong_is_said() {
        let said = |text: &str| text.parse::<FaultSpec>().unwrap_err().to_string();
        assert!(said("404=0.1").contains("no fault `404`; there are: 429, 429-missing"));
        for share in ["", "0", "-0.1", "1.1", "NaN", "2%"] {
            assert!(said(&format!("503={share}")).contains("is not a share"), "{share}");
        }
        for length in ["", "2", "2m", "-2s", "1.5s", "ms"] {
            assert!(said(&format!("slow:{length}")).contains("is not a length"), "{length}");
        }
        assert_eq!(said("reset:2s"), "the fault reset takes no length of time");
    }

    #[test]
    fn a_fault_befalls_only_what_it_can() {
        assert!(spec("503@/call-log").can_befall("/restapi/v1.0/account/~/call-log?page=2"));
        assert!(!spec("503@/call-log").can_befall("/restapi/v1.0/account/~?of=/call-log"));
        assert!(!spec("token-expired").can_befall("/restapi/oauth/token"));
        assert!(spec("sync-token").can_befall("/restapi/v1.0/x?syncType=ISync&syncToken=a"));
        assert!(!spec("sync-token").can_befall("/restapi/v1.0/x?syncType=FSync"));
        assert!(spec("corrupt").can_befall("/restapi/v1.0/account/~/recording/1/content?x=y"));
        assert!(!spec("corrupt").can_befall("/restapi/v1.0/account/~/recording/1"));
    }
}
