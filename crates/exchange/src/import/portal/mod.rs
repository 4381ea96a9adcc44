//! The call log that an administrator downloads from RingCentral's portal, as CSV.
//!
//! It is not documented, and has changed with the years: everything that can be told apart is taken, in any
//! order, under the names that are known of its columns.

mod header;
mod moment;
mod party;
mod record;

use std::collections::HashMap;
use std::io::{self, BufRead, Cursor, Read as _};

use callbook_model::{ExtensionId, Region, Scope};
use callbook_store::Extension;
use csv::{ByteRecord, Reader, ReaderBuilder};

use self::header::Header;
use self::record::{Known, record};
use super::Clock;
use super::piece::{Pieces, Stop};

/// Bytes that tell what separates the cells.
const BEGINNING: u64 = 1 << 12;

/// The head of the columns is among the first rows: a title may come before it.
const ROWS_BEFORE: usize = 10;

/// A file of the portal's, of which the head of the columns has been read.
pub(in crate::import) struct Table {
    reader: Reader<Box<dyn BufRead + Send>>,
    header: Header,
}

/// What has to be known of a company to read its files.
#[derive(Debug)]
pub(in crate::import) struct Company {
    home: Region,
    /// By their short numbers.
    extensions: HashMap<String, ExtensionId>,
}

impl Company {
    pub(in crate::import) fn new(home: Region, extensions: Vec<Extension>) -> Self {
        let numbered = |each: Extension| Some((each.number?, each.id));
        Self { home, extensions: extensions.into_iter().filter_map(numbered).collect() }
    }

    /// Where national numbers belong.
    pub(in crate::import) fn home(&self) -> Region {
        self.home
    }
}

impl Table {
    /// `None` if it is no call log of the portal's.
    pub(in crate::import) fn new(mut reader: Box<dyn BufRead + Send>) -> io::Result<Option<Self>> {
        // What separates the cells is the most frequent in the beginning.
        let mut beginning = Vec::new();
        reader.by_ref().take(BEGINNING).read_to_end(&mut beginning)?;
        let count = |byte: u8| beginning.iter().filter(|each| **each == byte).count();
        let separator = [b',', b';', b'\t'].into_iter().max_by_key(|byte| count(*byte));
        let reader: Box<dyn BufRead + Send> = Box::new(Cursor::new(beginning).chain(reader));
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(separator.unwrap_or(b','))
            .from_reader(reader);
        let mut row = ByteRecord::new();
        for _ in 0..ROWS_BEFORE {
            if !reader.read_byte_record(&mut row).map_err(io::Error::from)? {
                break;
            }
            if let Some(header) = Header::read(&texts(&row)) {
                return Ok(Some(Self { reader, header }));
            }
        }
        Ok(None)
    }

    pub(in crate::import) fn read(
        self,
        company: &Company,
        clock: &Clock,
        mut pieces: Pieces<'_>,
    ) -> Result<(), Stop> {
        let Self { mut reader, header } = self;
        let (mut row, mut known) = (ByteRecord::new(), Known::default());
        while reader.read_byte_record(&mut row).map_err(io::Error::from)? {
            let line = row.position().map_or(0, csv::Position::line);
            let texts = texts(&row);
            if texts.iter().all(String::is_empty) {
                continue;
            }
            match record(&header, &texts, company, clock, &mut known) {
                Ok(json) => pieces.record(line, Scope::PORTAL, &json, None)?,
                Err(odd) => {
                    let text = serde_json::Value::from(texts).to_string();
                    pieces.bad(line, odd.to_string(), &text)?;
                }
            }
        }
        pieces.finish()
    }
}

/// The cells as texts. Bytes that are not UTF-8 are the characters of western Europe, as older programs write
/// them.
fn texts(row: &ByteRecord) -> Vec<String> {
    let text = |cell: &[u8]| match std::str::from_utf8(cell) {
        Ok(text) => text.trim().to_owned(),
        Err(_) => cell.iter().map(|byte| char::from(*byte)).collect::<String>().trim().to_owned(),
    };
    row.iter().map(text).collect()
}
