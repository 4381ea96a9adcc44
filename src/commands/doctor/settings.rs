//! Settings, and who may read the secrets among them.

use std::path::Path;

use super::finding::{Check, Finding};
use crate::config::{Config, Origin};

/// Which file is in effect, and what the environment adds.
pub(super) fn sources(config: &Config) -> anyhow::Result<Finding> {
    let from = match config.path() {
        Some(path) => path.display().to_string(),
        None => "no callbook.toml".to_owned(),
    };
    let rows = config.rows()?;
    let outside = rows.iter().filter_map(|row| match row.origin {
        Origin::Flag(name) | Origin::EnvFile(name) | Origin::Environment(name) => Some(name),
        Origin::File(_) | Origin::Default | Origin::Unset => None,
    });
    let outside: Vec<_> = outside.collect();
    let message = match outside.is_empty() {
        true => from,
        false => format!("{from}; and {}", outside.join(", ")),
    };
    Ok(Finding::ok(Check::Settings, message))
}

/// Whether files with secrets are for their owner alone.
pub(super) fn secrets(config: &Config) -> anyhow::Result<Vec<Finding>> {
    let mut files = config.files_with_secrets()?;
    let login = config.stored().ok().map(|(_, login)| login.path());
    files.extend(login);
    // One that is not there is told of where it is needed.
    files.retain(|path| path.exists());
    let open: Vec<_> = files.iter().filter_map(|path| readable_for_others(path)).collect();
    if !open.is_empty() {
        return Ok(open);
    }
    let message = match files.len() {
        0 => "none in files".to_owned(),
        1 => format!("{} is for its owner alone", files[0].display()),
        count => format!("{count} files are for their owner alone"),
    };
    Ok(vec![Finding::ok(Check::Secrets, message)])
}

#[cfg(unix)]
fn readable_for_others(path: &Path) -> Option<Finding> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::metadata(path).ok()?.permissions().mode() & 0o777;
    let path = path.display();
    (mode & 0o077 != 0).then(|| {
        let message =
            format!("others may read or change {path}, which has secrets (mode {mode:o})");
        Finding::warning(Check::Secrets, message, format!("chmod 600 {path}"))
    })
}

#[cfg(not(unix))]
fn readable_for_others(_: &Path) -> Option<Finding> {
    None
}
