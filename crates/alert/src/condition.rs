//! What can be wrong with an archive.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// When something counts as wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// No sync came to its end for so long.
    pub stale_after: SignedDuration,
    /// Less than this is free on the archive's disk, in bytes.
    pub disk_free_bytes: u64,
}

impl Default for Limits {
    /// A day; 2 GB.
    fn default() -> Self {
        Self { stale_after: SignedDuration::from_hours(24), disk_free_bytes: 2_000_000_000 }
    }
}

/// An account that should be kept current.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watched {
    /// What people call it.
    pub name: String,
    /// Since when it is to be synced.
    pub since: Timestamp,
    /// The end of the last sync that came to its end.
    pub last_success: Option<Timestamp>,
    /// The last try failed because the sign-in was refused.
    pub login_refused: bool,
}

/// The disk that the archive is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disk {
    /// A folder on it.
    pub path: String,
    /// What is left for us, in bytes.
    pub free_bytes: u64,
}

/// A kind of trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// No sync came to its end for too long.
    Stale,
    /// The server refuses the sign-in.
    LoginRefused,
    /// The disk fills up.
    DiskLow,
    /// A value of a report is what nobody wants it to be.
    Threshold,
    /// Nothing is wrong: somebody tries out whether a channel works.
    Test,
}

/// Something that is wrong now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// What kind.
    pub kind: Kind,
    /// Which account, or which disk.
    pub subject: String,
    /// One sentence, with what to do.
    pub message: String,
}

/// Everything that is wrong at `now`.
pub fn conditions(
    watched: &[Watched],
    disk: Option<&Disk>,
    limits: Limits,
    now: Timestamp,
) -> Vec<Condition> {
    let accounts = watched.iter().flat_map(|each| [login_refused(each), stale(each, limits, now)]);
    accounts.chain([disk.and_then(|disk| disk_low(disk, limits))]).flatten().collect()
}

fn login_refused(watched: &Watched) -> Option<Condition> {
    let name = &watched.name;
    watched.login_refused.then(|| Condition {
        kind: Kind::LoginRefused,
        subject: name.clone(),
        message: format!("the sign-in of {name} is refused: renew its JWT credential or its app"),
    })
}

fn stale(watched: &Watched, limits: Limits, now: Timestamp) -> Option<Condition> {
    let Watched { name, since, last_success, .. } = watched;
    let last = last_success.unwrap_or(*since);
    let age = now.duration_since(last);
    if age <= limits.stale_after {
        return None;
    }
    let when = last.strftime("%Y-%m-%d %H:%M UTC");
    let message = match last_success {
        Some(_) => format!("no sync of {name} came to its end since {when}, {} ago", spoken(age)),
        None => format!("no sync of {name} has ever come to its end; it was added {when}"),
    };
    Some(Condition { kind: Kind::Stale, subject: name.clone(), message })
}

fn disk_low(disk: &Disk, limits: Limits) -> Option<Condition> {
    let Disk { path, free_bytes } = disk;
    (*free_bytes < limits.disk_free_bytes).then(|| Condition {
        kind: Kind::DiskLow,
        subject: path.clone(),
        message: format!(
            "{}.{} MB are free at {path}: make room",
            free_bytes / 1_000_000,
            free_bytes / 100_000 % 10
        ),
    })
}

fn spoken(age: SignedDuration) -> String {
    match age.as_hours() {
        hours @ 0..48 => format!("{hours} hours"),
        hours => format!("{} days", hours / 24),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn watched() -> Watched {
        Watched {
            name: "acme".to_owned(),
            since: at("2026-01-01T00:00:00Z"),
            last_success: Some(at("2026-02-01T00:00:00Z")),
            login_refused: false,
        }
    }

    fn kinds(watched: Watched, now: &str) -> Vec<Kind> {
        let found = conditions(&[watched], None, Limits::default(), at(now));
        found.into_iter().map(|each| each.kind).collect()
    }

    #[test]
    fn a_sync_is_missed_after_a_day_and_not_before() {
        assert_eq!(kinds(watched(), "2026-02-02T00:00:00Z"), []);
        assert_eq!(kinds(watched(), "2026-02-02T00:00:01Z"), [Kind::Stale]);
        let never = Watched { last_success: None, ..watched() };
        assert_eq!(kinds(never.clone(), "2026-01-01T23:00:00Z"), []);
        assert_eq!(kinds(never, "2026-01-03T00:00:00Z"), [Kind::Stale]);
    }

    #[test]
    fn a_refused_login_is_told_at_once() {
        let refused = Watched { login_refused: true, ..watched() };
        assert_eq!(kinds(refused.clone(), "2026-02-01T00:01:00Z"), [Kind::LoginRefused]);
        assert_eq!(kinds(refused, "2026-02-03T00:00:00Z"), [Kind::LoginRefused, Kind::Stale]);
    }

    #[test]
    fn a_full_disk_is_told() {
        let disk = |free_bytes| Disk { path: "/srv".to_owned(), free_bytes };
        let now = at("2026-01-01T00:00:00Z");
        let found = |free| conditions(&[], Some(&disk(free)), Limits::default(), now);
        assert!(found(2_000_000_000).is_empty());
        assert_eq!(found(1_999_999_999)[0].message, "1999.9 MB are free at /srv: make room");
    }
}
