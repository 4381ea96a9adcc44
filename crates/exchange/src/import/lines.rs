//! Our own lines of JSON.

use std::io::{self, BufRead, Read as _};

use callbook_model::{DirectoryKind, Scope};
use callbook_store::{Extension, Fact};
use jiff::Timestamp;

use super::piece::{Pieces, Stop};
use crate::line::{Line, Version};

/// No line is longer: a file without any must not take the memory.
const LONGEST: u64 = 64 << 20;

/// The lines of a file, one at a time.
pub(super) struct Lines {
    reader: Box<dyn BufRead + Send>,
    line: Vec<u8>,
    /// `line` has been looked at, and is to come.
    peeked: bool,
    number: u64,
}

impl Lines {
    pub(super) fn new(reader: Box<dyn BufRead + Send>) -> Self {
        Self { reader, line: Vec::new(), peeked: false, number: 0 }
    }

    /// The first line, which stays the next. A byte order mark is no part of it.
    pub(super) fn first(&mut self) -> io::Result<&[u8]> {
        self.read()?;
        if self.line.starts_with("\u{feff}".as_bytes()) {
            self.line.drain(.."\u{feff}".len());
        }
        self.peeked = true;
        Ok(&self.line)
    }

    /// Passes over the first line.
    pub(super) fn skip(&mut self) {
        self.peeked = false;
    }

    /// All there is, the first line as well.
    pub(super) fn into_reader(self) -> Box<dyn BufRead + Send> {
        Box::new(io::Cursor::new(self.line).chain(self.reader))
    }

    /// The next line that is not blank, and its number.
    fn next(&mut self) -> io::Result<Option<(u64, &[u8])>> {
        while std::mem::take(&mut self.peeked) || self.read()? {
            if !self.line.trim_ascii().is_empty() {
                let line = self.line.strip_suffix(b"\n").unwrap_or(&self.line);
                return Ok(Some((self.number, line)));
            }
        }
        Ok(None)
    }

    /// Whether there was another line.
    fn read(&mut self) -> io::Result<bool> {
        self.line.clear();
        self.reader.by_ref().take(LONGEST).read_until(b'\n', &mut self.line)?;
        if self.line.len() as u64 == LONGEST {
            return Err(io::Error::other("a line is longer than 64 MB"));
        }
        self.number += 1;
        Ok(!self.line.is_empty())
    }
}

/// Reads versions: states with when and why they were seen.
pub(super) fn read_versions(mut lines: Lines, mut pieces: Pieces<'_>) -> Result<(), Stop> {
    // They come before the versions.
    let mut directory: Option<Vec<Fact>> = Some(Vec::new());
    while let Some((number, bytes)) = lines.next()? {
        let Ok(text) = std::str::from_utf8(bytes) else {
            pieces.bad(number, "not UTF-8".to_owned(), &String::from_utf8_lossy(bytes))?;
            continue;
        };
        match Line::read(text) {
            Ok(Line::Extension(extension)) => {
                directory.iter_mut().for_each(|all| all.push(since_now(extension.clone())));
            }
            Ok(Line::Fact(fact)) => directory.iter_mut().for_each(|all| all.push(fact.clone())),
            Ok(Line::Version(Version { scope, seen, json })) => {
                if let Some(directory) = directory.take() {
                    pieces.directory(directory)?;
                }
                pieces.record(number, scope, &json, Some(seen))?;
            }
            Err(error) => pieces.bad(number, error.to_string(), text)?,
        }
    }
    if let Some(directory) = directory {
        pieces.directory(directory)?;
    }
    pieces.finish()
}

/// What files of the first form say of extensions: they had no dates.
fn since_now(extension: Extension) -> Fact {
    let valid_from_ms = Timestamp::now().as_millisecond();
    let (kind, entry) = (DirectoryKind::Extension, extension.into());
    Fact { kind, part: 0, valid_from_ms, valid_to_ms: None, entry }
}

/// Reads records alone, of the log `scope`.
pub(super) fn read_records(
    mut lines: Lines,
    scope: Scope,
    mut pieces: Pieces<'_>,
) -> Result<(), Stop> {
    while let Some((number, bytes)) = lines.next()? {
        match std::str::from_utf8(bytes) {
            Ok(json) => pieces.record(number, scope, json.trim_ascii_end(), None)?,
            Err(_) => {
                pieces.bad(number, "not UTF-8".to_owned(), &String::from_utf8_lossy(bytes))?;
            }
        }
    }
    pieces.finish()
}
