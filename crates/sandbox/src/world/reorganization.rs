//! What can happen to the company's directory.

use serde::{Deserialize, Serialize};

/// A change of the directory, from now on. `who` and `queue` are short numbers or ids.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reorganization {
    /// A new user.
    Add {
        /// Their name.
        name: String,
    },
    /// An extension of any kind gets another name.
    Rename {
        /// Which.
        who: String,
        /// The name.
        name: String,
    },
    /// A user gets into another department.
    Department {
        /// Who.
        who: String,
        /// Its name.
        department: String,
    },
    /// A user answers a call queue from now on.
    Join {
        /// Who.
        who: String,
        /// Which.
        queue: String,
    },
    /// A user does not answer a call queue any more.
    Leave {
        /// Who.
        who: String,
        /// Which.
        queue: String,
    },
    /// An extension is removed.
    Remove {
        /// Which.
        who: String,
    },
    /// Other business hours, from Monday to Friday.
    Hours {
        /// Whose; the company's if left out.
        #[serde(default)]
        who: Option<String>,
        /// Such as `09:00`.
        from: String,
        /// Such as `17:30`.
        to: String,
    },
}

/// Why it cannot be.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("there is no extension '{0}'")]
    Nobody(String),
    #[error("'{0}' is no call queue")]
    NoQueue(String),
    #[error("'{0}' is no time of day: write 09:00")]
    NoTime(String),
}
