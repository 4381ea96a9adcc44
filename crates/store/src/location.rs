//! Where an archive is.

use std::path::{Path, PathBuf};
use std::str::FromStr;

/// The place of an archive, as `--database` names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    path: PathBuf,
}

/// A place that no archive can be at.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LocationError {
    /// No path in it.
    #[error("the database URL '{0}' names no file")]
    NoFile(String),
    /// Another kind of database.
    #[error("archives are SQLite files; '{0}' names another kind of database")]
    OtherScheme(String),
}

impl Location {
    /// The SQLite file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl FromStr for Location {
    type Err = LocationError;

    /// `sqlite://relative.db`, `sqlite:///absolute.db`, `sqlite:any.db`, or just a path.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let path = match text.split_once(':') {
            // A drive letter is no scheme.
            Some((scheme, _)) if scheme.len() < 2 => text,
            Some(("sqlite", rest)) => rest.strip_prefix("//").unwrap_or(rest),
            Some((scheme, rest)) if rest.starts_with("//") => {
                return Err(LocationError::OtherScheme(scheme.to_owned()));
            }
            _ => text,
        };
        if path.is_empty() || path.ends_with('/') {
            return Err(LocationError::NoFile(text.to_owned()));
        }
        Ok(Self { path: path.into() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_and_paths() {
        for (text, path) in [
            ("callbook.db", "callbook.db"),
            ("sqlite:callbook.db", "callbook.db"),
            ("sqlite://data/callbook.db", "data/callbook.db"),
            ("sqlite:///var/lib/callbook.db", "/var/lib/callbook.db"),
            ("C:\\callbook.db", "C:\\callbook.db"),
        ] {
            assert_eq!(text.parse::<Location>().unwrap().path(), Path::new(path), "{text}");
        }
        assert_eq!("sqlite://".parse::<Location>(), Err(LocationError::NoFile("sqlite://".into())));
        // The whole URL may hold a password: only the scheme is repeated.
        let other = "mysql://root:secret@host/db".parse::<Location>();
        assert_eq!(other, Err(LocationError::OtherScheme("mysql".into())));
    }
}
