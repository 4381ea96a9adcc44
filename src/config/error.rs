//! Settings that cannot be used, and what to do about it.

use std::path::PathBuf;

use super::FILE;

/// Settings that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file that was named cannot be read.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Not TOML, or a setting that there is not.
    #[error("{}, {place}: {message}", path.display())]
    Invalid {
        /// Which file.
        path: PathBuf,
        /// `line N`.
        place: String,
        /// What is wrong.
        message: String,
    },
    /// A line that is no `NAME=value`.
    #[error("{} is no file of NAME=value lines", path.display())]
    InvalidEnvFile {
        /// Which file.
        path: PathBuf,
    },
    /// Not set anywhere.
    #[error("{name} is not set")]
    Missing {
        /// The environment variable.
        name: &'static str,
    },
    /// A command that should have printed a secret.
    #[error("the command for {name} failed")]
    Command {
        /// The setting.
        name: &'static str,
    },
}

impl ConfigError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Unreadable { .. } => "check the path and that you may read it".to_owned(),
            Self::Invalid { .. } => format!(
                "the README lists the settings of {FILE}, docs/reports.md those of deliveries and \
                 thresholds"
            ),
            Self::InvalidEnvFile { .. } => {
                "`callbook sandbox --env-file FILE` writes one".to_owned()
            }
            Self::Missing { .. } => {
                "`callbook init` asks for it; or set RC_APP_CLIENT_ID, RC_APP_CLIENT_SECRET if the app has \
                 one, and RC_USER_JWT unless you `callbook login`; without an account, try `callbook demo`"
                    .to_owned()
            }
            Self::Command { .. } => "run it by hand to see why".to_owned(),
        }
    }
}
