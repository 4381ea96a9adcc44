//! What a check found.

use serde::{Serialize, Serializer};

use crate::failure;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Verdict {
    Ok,
    Warning,
    Failed,
}

impl Verdict {
    pub(super) fn sign(self) -> &'static str {
        match self {
            Self::Ok => "✓",
            Self::Warning => "!",
            Self::Failed => "✗",
        }
    }
}

/// One line of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    /// What was looked at.
    #[serde(serialize_with = "name")]
    pub check: Check,
    pub verdict: Verdict,
    pub message: String,
    /// What to do.
    pub advice: Option<String>,
}

/// Everything that is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Check {
    Settings,
    Secrets,
    Archive,
    Recordings,
    Lake,
    Disk,
    Server,
    Clock,
    SignIn,
    Scopes,
    CallLog,
    RateLimits,
    Freshness,
    Alerts,
    Deliveries,
}

impl Check {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Settings => "settings",
            Self::Secrets => "secrets",
            Self::Archive => "archive",
            Self::Recordings => "recordings",
            Self::Lake => "tables",
            Self::Disk => "disk",
            Self::Server => "server",
            Self::Clock => "clock",
            Self::SignIn => "sign-in",
            Self::Scopes => "scopes",
            Self::CallLog => "call log",
            Self::RateLimits => "rate limits",
            Self::Freshness => "freshness",
            Self::Alerts => "alerts",
            Self::Deliveries => "deliveries",
        }
    }
}

fn name<S: Serializer>(check: &Check, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(check.name())
}

impl Finding {
    pub(super) fn ok(check: Check, message: impl Into<String>) -> Self {
        Self { check, verdict: Verdict::Ok, message: message.into(), advice: None }
    }

    pub(super) fn warning(
        check: Check,
        message: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        let advice = Some(advice.into());
        Self { check, verdict: Verdict::Warning, message: message.into(), advice }
    }

    pub(super) fn failed(
        check: Check,
        message: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self { verdict: Verdict::Failed, ..Self::warning(check, message, advice) }
    }

    /// The same, of one of several accounts.
    pub(super) fn of(self, account: &str) -> Self {
        Self { message: format!("{account}: {}", self.message), ..self }
    }

    /// What a command would have ended with.
    pub(super) fn error(check: Check, error: &anyhow::Error) -> Self {
        let failure::Told { message, hint, .. } = failure::told(error);
        Self {
            check,
            verdict: Verdict::Failed,
            message,
            advice: Some(hint).filter(|hint| !hint.is_empty()),
        }
    }
}
