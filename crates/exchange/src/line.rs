//! Lines of JSON: records as they were received, alone or with what is known of each of their versions.

use std::borrow::Cow;
use std::io::{self, Write};

use callbook_model::{AccountId, DirectoryEntry, DirectoryKind, ExtensionId, Region, Scope};
use callbook_store::{Account, Cause, Extension, Fact, JournalEntry, Seen};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// What the first line of a file of versions says that it is.
const VERSIONS: &str = "versions";

/// The form of such files that this is.
const FORMAT: u32 = 2;

/// The first line of a file of versions.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Head {
    callbook: String,
    format: u32,
    pub(crate) account: AccountLine,
}

/// Whose calls they are.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AccountLine {
    pub(crate) id: AccountId,
    pub(crate) server_url: String,
    pub(crate) main_number: Option<String>,
    /// ISO 3166 code.
    home: String,
}

/// A line for what the directory said, and when.
#[derive(Serialize, Deserialize)]
struct FactLine<'a> {
    directory: DirectoryKind,
    /// Whose list.
    #[serde(default, skip_serializing_if = "is_zero")]
    of: u64,
    valid_from: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    valid_to: Option<Timestamp>,
    #[serde(borrow)]
    entry: &'a RawValue,
}

/// A line for an extension as last seen: of files of the first form.
#[derive(Debug, Deserialize)]
struct ExtensionLine {
    id: ExtensionId,
    number: Option<String>,
    name: Option<String>,
    r#type: Option<String>,
}

#[derive(Deserialize)]
struct Named {
    extension: ExtensionLine,
}

/// A line for a version. A record with line breaks in it, or with white space around it, is a `text` instead:
/// then it has the same bytes when it is read.
#[derive(Serialize, Deserialize)]
struct VersionLine<'a> {
    #[serde(borrow)]
    log: Cow<'a, str>,
    #[serde(borrow)]
    id: Cow<'a, str>,
    version: i64,
    change: i64,
    received: Timestamp,
    cause: Cause,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    record: Option<&'a RawValue>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    text: Option<Cow<'a, str>>,
}

/// A version as a line has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Version<'a> {
    pub(crate) scope: Scope,
    pub(crate) seen: Seen,
    pub(crate) json: Cow<'a, str>,
}

/// A line of a file of versions, but the first.
pub(crate) enum Line<'a> {
    Version(Version<'a>),
    Extension(Extension),
    Fact(Fact),
}

/// Why a line cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LineError {
    #[error("neither a version nor something of the directory")]
    Neither(#[from] serde_json::Error),
    #[error("no such call log")]
    NoLog(#[from] callbook_model::UnknownScope),
    #[error("no record")]
    NoRecord,
    #[error("no such entry of the directory")]
    NoEntry,
}

/// A record alone. Line breaks, which are white space in JSON, become blanks.
pub(crate) fn write_record(out: &mut impl Write, json: &str) -> io::Result<()> {
    let mut parts = json.split(['\n', '\r']);
    out.write_all(parts.next().unwrap_or_default().as_bytes())?;
    for part in parts {
        out.write_all(b" ")?;
        out.write_all(part.as_bytes())?;
    }
    out.write_all(b"\n")
}

/// Begins a file of versions.
pub(crate) fn write_head(out: &mut impl Write, account: &Account) -> io::Result<()> {
    let account = AccountLine {
        id: account.id,
        server_url: account.server_url.clone(),
        main_number: account.main_number.clone(),
        home: account.home.to_string(),
    };
    write_line(out, &Head { callbook: VERSIONS.to_owned(), format: FORMAT, account })
}

pub(crate) fn write_fact(out: &mut impl Write, fact: &Fact) -> io::Result<()> {
    let moment = |ms| Timestamp::from_millisecond(ms).map_err(io::Error::other);
    // Line breaks are white space in JSON.
    let entry = fact.entry.json.replace(['\n', '\r'], " ");
    let line = FactLine {
        directory: fact.kind,
        of: fact.part,
        valid_from: moment(fact.valid_from_ms)?,
        valid_to: fact.valid_to_ms.map(moment).transpose()?,
        entry: serde_json::from_str(&entry)?,
    };
    write_line(out, &line)
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

pub(crate) fn write_version(
    out: &mut impl Write,
    entry: &JournalEntry,
    json: &str,
) -> io::Result<()> {
    let record: Option<&RawValue> = if json.contains(['\n', '\r']) {
        None
    } else {
        serde_json::from_str(json).ok().filter(|raw: &&RawValue| raw.get() == json)
    };
    let line = VersionLine {
        log: entry.scope.to_string().into(),
        id: (&entry.id).into(),
        version: entry.version,
        change: entry.seq,
        received: Timestamp::from_millisecond(entry.received_ms).map_err(io::Error::other)?,
        cause: entry.cause,
        record,
        text: record.is_none().then_some(json.into()),
    };
    write_line(out, &line)
}

fn write_line(out: &mut impl Write, line: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}

impl Head {
    /// What a file's first line says; `None` if it is no file of versions.
    pub(crate) fn read(line: &str) -> Option<Self> {
        serde_json::from_str(line).ok().filter(|head: &Self| head.callbook == VERSIONS)
    }

    /// Whether a later Callbook has written it, in a form that we do not know.
    pub(crate) fn is_newer(&self) -> bool {
        self.format > FORMAT
    }
}

impl AccountLine {
    pub(crate) fn home(&self) -> Region {
        self.home.parse().unwrap_or(Region::US)
    }
}

fn fact(line: &FactLine<'_>) -> Option<Fact> {
    let (kind, part) = (line.directory, line.of);
    let mut entry = DirectoryEntry::decode(kind, line.entry.get())?;
    if kind == DirectoryKind::Hours {
        entry.extension = Some(ExtensionId(part)).filter(|id| id.0 != 0);
    }
    let valid_to_ms = line.valid_to.map(Timestamp::as_millisecond);
    Some(Fact { kind, part, valid_from_ms: line.valid_from.as_millisecond(), valid_to_ms, entry })
}

impl<'a> Line<'a> {
    pub(crate) fn read(line: &'a str) -> Result<Self, LineError> {
        if let Ok(Named { extension }) = serde_json::from_str(line) {
            let ExtensionLine { id, number, name, r#type } = extension;
            return Ok(Self::Extension(Extension { id, number, name, kind: r#type }));
        }
        if let Ok(line) = serde_json::from_str(line) {
            return Ok(Self::Fact(fact(&line).ok_or(LineError::NoEntry)?));
        }
        let VersionLine { log, version, received, cause, record, text, .. } =
            serde_json::from_str(line)?;
        let record = record.map(|record| Cow::Borrowed(record.get()));
        Ok(Self::Version(Version {
            scope: log.parse()?,
            seen: Seen { received_ms: received.as_millisecond(), cause, version },
            json: record.or(text).ok_or(LineError::NoRecord)?,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(json: &str) -> String {
        let entry = JournalEntry {
            seq: 3,
            scope: Scope::Extension(ExtensionId(7)),
            id: "a\"b".to_owned(),
            version: 2,
            received_ms: 1_704_067_200_005,
            cause: Cause::Absent,
            json: None,
        };
        let mut out = Vec::new();
        write_version(&mut out, &entry, json).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_version_is_a_line_that_people_can_read() {
        assert_eq!(
            written(r#"{"id":"a\"b", "n":0.10}"#),
            "{\"log\":\"extension 7\",\"id\":\"a\\\"b\",\"version\":2,\"change\":3,\
             \"received\":\"2024-01-01T00:00:00.005Z\",\"cause\":\"absent\",\
             \"record\":{\"id\":\"a\\\"b\", \"n\":0.10}}\n"
        );
    }

    #[test]
    fn whatever_the_bytes_they_come_back() {
        for json in ["{\"a\":1.0}", "{\n\"a\": 1\r}", " {}", "{\"a\":12345678901234567890123}"] {
            let line = written(json);
            assert_eq!(line.matches('\n').count(), 1, "{line}");
            let Ok(Line::Version(version)) = Line::read(line.trim_end_matches('\n')) else {
                panic!("{line}");
            };
            assert_eq!(version.json, json);
            assert_eq!(version.seen.received_ms, 1_704_067_200_005);
        }
    }

    #[test]
    fn a_record_is_one_line() {
        let mut out = Vec::new();
        write_record(&mut out, "{\"a\":\n1,\r\n\"b\":2}").unwrap();
        assert_eq!(out, b"{\"a\": 1,  \"b\":2}\n");
    }
}
