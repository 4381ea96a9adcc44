//! Where an archive is.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use url::Url;

/// The place of an archive, as `--database` names it. Prints without a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// A file.
    Sqlite(PathBuf),
    /// A database of a PostgreSQL server.
    Postgres(ServerLocation),
}

/// A database of a server, by its URL. Prints without user, password and options.
#[derive(Clone, PartialEq, Eq)]
pub struct ServerLocation(Url);

/// A place that no archive can be at.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LocationError {
    /// No path in it.
    #[error("the database URL '{0}' names no file")]
    NoFile(String),
    /// Another kind of database.
    #[error("archives are in SQLite or PostgreSQL; '{0}' names another kind of database")]
    OtherScheme(String),
    /// A URL that cannot be read, or names no database. It may hold a password: it is not repeated.
    #[error("the '{0}' URL cannot be read, or names no database")]
    NotAUrl(String),
}

impl ServerLocation {
    /// The whole URL, with the password that it may have.
    pub fn expose_url(&self) -> &Url {
        &self.0
    }
}

impl FromStr for Location {
    type Err = LocationError;

    /// `sqlite://relative.db`, `sqlite:///absolute.db`, `sqlite:any.db`, or just a path;
    /// `postgres://user:password@host:port/database` or `postgresql://…`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let path = match text.split_once(':') {
            // A drive letter is no scheme.
            Some((scheme, _)) if scheme.len() < 2 => text,
            Some(("sqlite", rest)) => rest.strip_prefix("//").unwrap_or(rest),
            Some((scheme @ ("postgres" | "postgresql"), _)) => {
                let url = Url::parse(text)
                    .ok()
                    .filter(|url| !url.cannot_be_a_base() && url.path().len() > 1);
                let url = url.ok_or_else(|| LocationError::NotAUrl(scheme.to_owned()))?;
                return Ok(Self::Postgres(ServerLocation(url)));
            }
            Some((scheme, rest)) if rest.starts_with("//") => {
                return Err(LocationError::OtherScheme(scheme.to_owned()));
            }
            _ => text,
        };
        if path.is_empty() || path.ends_with('/') {
            return Err(LocationError::NoFile(text.to_owned()));
        }
        Ok(Self::Sqlite(path.into()))
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => path.display().fmt(f),
            Self::Postgres(server) => server.fmt(f),
        }
    }
}

impl fmt::Display for ServerLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.0.scheme(), self.0.host_str().unwrap_or_default())?;
        if let Some(port) = self.0.port() {
            write!(f, ":{port}")?;
        }
        f.write_str(self.0.path())
    }
}

impl fmt::Debug for ServerLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServerLocation({self})")
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
            assert_eq!(text.parse(), Ok(Location::Sqlite(path.into())), "{text}");
        }
        assert_eq!("sqlite://".parse::<Location>(), Err(LocationError::NoFile("sqlite://".into())));
        // The whole URL may hold a password: only the scheme is repeated.
        let other = "mysql://root:secret@host/db".parse::<Location>();
        assert_eq!(other, Err(LocationError::OtherScheme("mysql".into())));
    }

    #[test]
    fn a_server_prints_without_secrets() {
        for (text, printed) in [
            ("postgres://ann:CANARY@db.example.com/calls", "postgres://db.example.com/calls"),
            ("postgresql://h:5433/calls?password=CANARY", "postgresql://h:5433/calls"),
            ("postgres:///calls?host=/run/postgresql&user=CANARY", "postgres:///calls"),
        ] {
            let location: Location = text.parse().unwrap();
            assert_eq!(location.to_string(), printed);
            assert!(!format!("{location:?}").contains("CANARY"), "{location:?}");
        }
        for text in ["postgres://ann:CAN/ARY@host/calls", "postgres://host", "postgres:calls"] {
            let error = text.parse::<Location>();
            assert_eq!(error, Err(LocationError::NotAUrl("postgres".into())), "{text}");
        }
    }
}
