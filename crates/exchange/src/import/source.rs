//! What kind of file it is.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use callbook_model::Scope;
use callbook_store::{Account, Store};
use flate2::bufread::MultiGzDecoder;
use tokio::sync::mpsc::Sender;

use super::lines::{Lines, read_records, read_versions};
use super::piece::{Piece, Pieces, Stop};
use super::portal::{Company, Table};
use super::{How, bundle, name};
use crate::line::{AccountLine, Head};
use crate::{Error, bundle::VERSIONS};

/// What begins a compressed file.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// A file of which it is known what it is.
pub struct Opened {
    path: PathBuf,
    kind: Kind,
}

enum Kind {
    /// Versions, of the account that the file names.
    Versions(AccountLine, Lines),
    /// Records alone.
    Records(Lines),
    /// The portal's CSV.
    Portal(Box<Table>),
}

impl Opened {
    /// Opens a file, compressed or not, or a bundle, of which all checksums are computed.
    ///
    /// # Errors
    /// When it cannot be read, is something else, comes from a later Callbook, or a checksum is wrong.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let unreadable = |source| Error::ReadFile { path: path.to_owned(), source };
        if path.is_dir() {
            bundle::check(path)?;
            return Self::open(&path.join(VERSIONS));
        }
        let file = BufReader::with_capacity(1 << 16, File::open(path).map_err(unreadable)?);
        let reader = unpacked(file).map_err(unreadable)?;
        let mut lines = Lines::new(reader);
        let first = String::from_utf8_lossy(lines.first().map_err(unreadable)?).into_owned();
        let kind = match Head::read(&first) {
            Some(head) if head.is_newer() => return Err(Error::Newer { path: path.to_owned() }),
            Some(head) => {
                lines.skip();
                Kind::Versions(head.account, lines)
            }
            None if first.trim_start().starts_with('{') => Kind::Records(lines),
            None => match Table::new(lines.into_reader()).map_err(unreadable)? {
                Some(table) => Kind::Portal(Box::new(table)),
                None => return Err(Error::Unknown { path: path.to_owned() }),
            },
        };
        Ok(Self { path: path.to_owned(), kind })
    }

    /// Whether the file says whose calls it has; if not, the archive must have the account.
    pub fn names_account(&self) -> bool {
        matches!(self.kind, Kind::Versions(..))
    }

    /// Whether [`How::clock`] is needed.
    pub fn is_of_the_portal(&self) -> bool {
        matches!(self.kind, Kind::Portal(_))
    }

    /// The account that the file names: as the archive has it, or added to it.
    ///
    /// # Errors
    /// When the archive cannot be read or written.
    pub async fn account(&self, store: &Store) -> Result<Option<Account>, Error> {
        let Kind::Versions(named, _) = &self.kind else { return Ok(None) };
        let known = store.accounts().await?.into_iter().find(|account| account.id == named.id);
        if known.is_some() {
            return Ok(known);
        }
        let AccountLine { id, server_url, main_number, .. } = named;
        let added = store.put_account(*id, server_url, main_number.as_deref(), named.home());
        Ok(Some(added.await?))
    }

    /// Reads it to its end, or until nobody takes what was read.
    pub(super) fn read(
        self,
        company: &Company,
        How { scope, clock }: How,
        send: &Sender<Piece>,
    ) -> Result<(), Error> {
        let Self { path, kind } = self;
        let pieces = |scope| Pieces::new(send, company.home(), name(&path), scope);
        let read = match kind {
            Kind::Versions(_, lines) => {
                pieces(Scope::Account).and_then(|pieces| read_versions(lines, pieces))
            }
            Kind::Records(lines) => {
                pieces(scope).and_then(|pieces| read_records(lines, scope, pieces))
            }
            Kind::Portal(table) => {
                let clock = clock.ok_or(Error::NoZone)?;
                pieces(Scope::PORTAL).and_then(|pieces| table.read(company, &clock, pieces))
            }
        };
        match read {
            Ok(()) | Err(Stop::Gone) => Ok(()),
            Err(Stop::Failed(error)) => Err(error.into()),
            Err(Stop::Unreadable(source)) => Err(Error::ReadFile { path, source }),
        }
    }
}

/// A reader of what a file has in it, compressed or not.
fn unpacked(mut file: BufReader<File>) -> io::Result<Box<dyn BufRead + Send>> {
    if file.fill_buf()?.starts_with(&GZIP) {
        return Ok(Box::new(BufReader::with_capacity(1 << 16, MultiGzDecoder::new(file))));
    }
    Ok(Box::new(file))
}
