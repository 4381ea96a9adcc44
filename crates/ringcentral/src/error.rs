//! What can go wrong between us and the server.
//!
//! `Display` says what happened in one line and never repeats its source; nothing of a body or a
//! header that could be secret gets in.

use http::StatusCode;
use serde::Deserialize;
use serde_json::error::Category;

use crate::limiter::Kind;
use crate::login::KeepError;
use crate::scope::Feature;
use crate::token::Token;

/// A request that could not be answered.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No connection, or it broke, as often as it was tried.
    #[error("cannot reach {url}")]
    Unreachable {
        /// The address, without its query.
        url: String,
        /// What the network said.
        source: reqwest::Error,
    },
    /// Something answered, but it does not speak this API.
    #[error("{url} answered {status} with {what} instead of the API's JSON")]
    NotTheApi {
        /// The address.
        url: String,
        /// HTTP status.
        status: StatusCode,
        /// What came: `a web page`, `an empty body`, …
        what: &'static str,
    },
    /// The app or the JWT was not accepted.
    #[error("the server refused the sign-in: {reason}")]
    LoginRefused {
        /// The server's own words.
        reason: String,
    },
    /// There is no stored login.
    #[error("nobody is signed in")]
    NotSignedIn,
    /// A stored login is no good any more.
    #[error("the login is over: {reason}")]
    LoginOver {
        /// The server's own words.
        reason: String,
    },
    /// A stored login cannot be read or kept.
    #[error(transparent)]
    Keep(KeepError),
    /// What is stored is no login.
    #[error("the stored login makes no sense")]
    OddLogin,
    /// The app may not do this.
    #[error("not allowed: the app has no permission {} for {}", missing.join(" and "), feature.in_words())]
    MissingScopes {
        /// What it is for.
        feature: Feature,
        /// As RingCentral's developer console names them.
        missing: Vec<&'static str>,
    },
    /// Signed in, but not allowed to read this.
    #[error("not allowed: {message}")]
    Forbidden {
        /// The server's own words.
        message: String,
        /// The permission that is missing, if the server names it.
        permission: Option<String>,
    },
    /// The server will not do what was asked, and asking again will not help.
    #[error("the server refused the request ({status} {code}): {message}")]
    Refused {
        /// HTTP status.
        status: StatusCode,
        /// Such as `CMN-101`; empty if none was given.
        code: String,
        /// The server's own words.
        message: String,
    },
    /// The server does not know a sync token (any more).
    #[error("the server does not take the sync token: {message}")]
    TokenRefused {
        /// The server's own words.
        message: String,
    },
    /// The server failed as often as it was asked.
    #[error("the server failed with {status}{}", in_a_row(*attempts))]
    Unavailable {
        /// The last HTTP status.
        status: StatusCode,
        /// How often it has done so in a row.
        attempts: usize,
    },
    /// An answer of the API that is not what its contract says.
    #[error("the answer of {url} cannot be read as {expected}")]
    Malformed {
        /// The address.
        url: String,
        /// What it should have been.
        expected: &'static str,
        /// Where it departs.
        source: Departure,
    },
    /// An answer that sends us elsewhere, where the token must not go.
    #[error("{url} answered {status}: redirects are not followed")]
    Redirected {
        /// The address, without its query.
        url: String,
        /// HTTP status.
        status: StatusCode,
    },
    /// An answer larger than any real one.
    #[error("the answer of {url} is larger than {limit_mb} MB")]
    TooLarge {
        /// The address.
        url: String,
        /// The bound.
        limit_mb: usize,
    },
}

fn in_a_row(attempts: usize) -> String {
    if attempts > 1 { format!(", {attempts} times in a row") } else { String::new() }
}

/// Where an answer departs from what it should be. What serde says of it would repeat values of the
/// body: numbers, names, tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.in_words())]
pub struct Departure {
    /// What is wrong there.
    pub category: Category,
    /// From 1; 0 if the fault is in no one place.
    pub line: usize,
    /// From 1; 0 if the fault is in no one place.
    pub column: usize,
}

impl Departure {
    fn in_words(&self) -> String {
        let Self { line, column, .. } = self;
        let what = match self.category {
            Category::Io | Category::Eof => "it ends too early",
            Category::Syntax => "it is no JSON",
            Category::Data => "it is other JSON",
        };
        match line {
            0 => what.to_owned(),
            _ => format!("{what} (line {line}, column {column})"),
        }
    }
}

impl From<&serde_json::Error> for Departure {
    fn from(error: &serde_json::Error) -> Self {
        Self { category: error.classify(), line: error.line(), column: error.column() }
    }
}

/// RingCentral's error body.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Body {
    error_code: String,
    message: String,
    permission_name: Option<String>,
    parameter_name: Option<String>,
    errors: Vec<Body>,
}

/// What RingCentral says of sync tokens that it does not take.
const TOKEN_CODES: [&str; 5] = ["CLG-101", "CLG-102", "CLG-103", "CLG-104", "CLG-105"];

impl Error {
    /// This app or user may not use the operation, or this server does not have it: another way may do.
    pub fn is_unavailable(&self) -> bool {
        match self {
            Self::Forbidden { .. } | Self::MissingScopes { .. } => true,
            Self::Refused { status, .. } | Self::NotTheApi { status, .. } => {
                *status == StatusCode::NOT_FOUND
            }
            _ => false,
        }
    }

    /// The same error, after so many failures in a row.
    pub(crate) fn so_often(mut self, failures: usize) -> Self {
        if let Self::Unavailable { attempts, .. } = &mut self {
            *attempts = failures;
        }
        self
    }

    /// The network or the server: it may work later, without anybody doing anything.
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::Unavailable { .. } | Self::Malformed { .. })
    }

    /// Somebody has to sign in anew, or to repair what it is done with.
    pub fn is_login_refused(&self) -> bool {
        matches!(self, Self::LoginRefused { .. } | Self::LoginOver { .. } | Self::NotSignedIn)
    }

    /// The same error; a refusal that the app's scopes explain names those that are missing.
    pub(crate) fn naming_scopes(self, kind: Kind, token: &Token) -> Self {
        let feature = match kind {
            Kind::Token => return self,
            Kind::Account | Kind::Extensions | Kind::CallLog => Feature::CallLog,
            Kind::Queues | Kind::Members | Kind::Sites | Kind::Numbers | Kind::Hours => {
                Feature::Directory
            }
            Kind::Recording | Kind::RecordingContent => Feature::Recordings,
        };
        let missing = token.scopes.as_ref().map(|scopes| scopes.missing(feature));
        match (self, missing.unwrap_or_default()) {
            (Self::Forbidden { .. }, missing) if !missing.is_empty() => {
                Self::MissingScopes { feature, missing }
            }
            (error, _) => error,
        }
    }

    pub(crate) fn unreachable(url: &str, source: reqwest::Error) -> Self {
        let url = url.split('?').next().unwrap_or(url).to_owned();
        Self::Unreachable { url, source: source.without_url() }
    }

    pub(crate) fn not_the_api(url: &str, status: StatusCode, body: &str) -> Self {
        let url = url.split('?').next().unwrap_or(url).to_owned();
        let what = match body.trim_start().as_bytes().first() {
            None => "an empty body",
            Some(b'<') => "a web page",
            Some(b'{' | b'[') => "other JSON",
            Some(_) => "text",
        };
        Self::NotTheApi { url, status, what }
    }

    /// What an answer of 4xx means.
    pub(crate) fn from_refusal(url: &str, status: StatusCode, text: &str) -> Self {
        let Ok(mut body) = serde_json::from_str::<Body>(text) else {
            return Self::not_the_api(url, status, text);
        };
        let detail = body.errors.drain(..).next().unwrap_or_default();
        let message = if body.message.is_empty() { detail.message } else { body.message };
        let code = if detail.error_code.is_empty() { body.error_code } else { detail.error_code };
        if status == StatusCode::UNAUTHORIZED {
            return Self::LoginRefused { reason: message };
        }
        if status == StatusCode::FORBIDDEN {
            let permission = body.permission_name.or(detail.permission_name);
            return Self::Forbidden { message, permission };
        }
        let parameter = body.parameter_name.or(detail.parameter_name);
        let names_token = parameter.as_deref() == Some("syncToken");
        if status == StatusCode::BAD_REQUEST
            && (names_token || TOKEN_CODES.contains(&code.as_str()))
        {
            return Self::TokenRefused { message };
        }
        Self::Refused { status, code, message }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn departure(body: &str) -> String {
        let error = serde_json::from_str::<Body>(body).err().unwrap();
        let source = Departure::from(&error);
        let error = Error::Malformed { url: "http://a".to_owned(), expected: "a thing", source };
        assert!(!format!("{error:?} {error} {source}").contains("SECRET"));
        source.to_string()
    }

    #[test]
    fn a_departure_repeats_nothing_of_the_body() {
        let wrong_kind = departure("{\n  \"errors\": \"SECRET\"}");
        assert_eq!(wrong_kind, "it is other JSON (line 2, column 20)");
        assert_eq!(departure("SECRET"), "it is no JSON (line 1, column 1)");
        let cut_short = departure(r#"{"message":"SECRET"#);
        assert_eq!(cut_short, "it ends too early (line 1, column 18)");
        let nowhere = serde::de::Error::custom("SECRET");
        assert_eq!(Departure::from(&nowhere).to_string(), "it is other JSON");
    }
}
