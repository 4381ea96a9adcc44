//! The folder that logins are kept in.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use etcetera::BaseStrategy as _;
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::{Error, LoginFile};

/// A folder of logins, a file each.
#[derive(Debug, Clone)]
pub struct Logins {
    folder: PathBuf,
    sealed: bool,
}

impl Logins {
    /// Those of this folder.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), sealed: false }
    }

    /// Those of the person whose process this is: `$XDG_STATE_HOME/callbook/logins`, which is usually
    /// `~/.local/state/callbook/logins`; `%LOCALAPPDATA%\callbook\logins` on Windows.
    ///
    /// # Errors
    /// When the person has no home.
    pub fn of_this_person() -> Result<Self, Error> {
        let base = etcetera::choose_base_strategy().map_err(|_| Error::NoHome)?;
        let state = base.state_dir().unwrap_or_else(|| base.cache_dir());
        Ok(Self::at(state.join("callbook").join("logins")))
    }

    /// The same, encrypted with keys of the system's keyring when they are written, if `sealed`.
    #[must_use]
    pub fn sealed(self, sealed: bool) -> Self {
        Self { sealed, ..self }
    }

    /// Where they are.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The login of an app on a server; a person who has several there gives them names.
    pub fn login(&self, server_url: &Url, client_id: &str, name: Option<&str>) -> Arc<LoginFile> {
        let server = server_url.as_str().trim_end_matches('/');
        let digest = Sha256::digest([server, client_id, name.unwrap_or_default()].join("\0"));
        let digest: String = digest[..8].iter().map(|byte| format!("{byte:02x}")).collect();
        Arc::new(LoginFile::new(self.folder.clone(), digest, self.sealed))
    }
}
