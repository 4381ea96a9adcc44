//! Files that are there whole or not at all.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use callbook_files::{folder_of, sync_folder};
use flate2::Compression;
use flate2::write::GzEncoder;
use tempfile::NamedTempFile;

use crate::Error;

/// How names of files begin that are not finished.
const ASIDE: &str = ".callbook-";

/// A file on its way: beside the name that it is to have, for its owner alone, and removed unless it is
/// finished. A device or a pipe is written to as it is.
#[derive(Debug)]
pub struct Aside {
    file: BufWriter<Begun>,
    path: PathBuf,
}

#[derive(Debug)]
enum Begun {
    Beside(NamedTempFile),
    Through(File),
}

impl Aside {
    /// Begins a file. One that a link names takes the place of what the link leads to.
    ///
    /// # Errors
    /// When the folder is not there or may not be written to.
    pub fn new(path: &Path) -> Result<Self, Error> {
        let begun = || {
            let (path, begun) = match path.metadata() {
                Ok(there) if there.is_file() => {
                    let path = path.canonicalize()?;
                    let beside = NamedTempFile::with_prefix_in(ASIDE, folder_of(&path))?;
                    (path, Begun::Beside(beside))
                }
                Ok(there) if !there.is_dir() => {
                    (path.to_owned(), Begun::Through(File::options().write(true).open(path)?))
                }
                _ => {
                    let beside = NamedTempFile::with_prefix_in(ASIDE, folder_of(path))?;
                    (path.to_owned(), Begun::Beside(beside))
                }
            };
            Ok(Self { file: BufWriter::with_capacity(1 << 16, begun), path })
        };
        begun().map_err(|source| Error::WriteFile { path: path.to_owned(), source })
    }

    /// Makes it safe on the disk, gives it its name, and says how many bytes it has; 0 for a device or a pipe. A file that
    /// had the name is gone.
    ///
    /// # Errors
    /// When the disk is full, or the like.
    pub fn finish(self) -> Result<u64, Error> {
        let Self { file, path } = self;
        let finished = || {
            let file = match file.into_inner().map_err(io::IntoInnerError::into_error)? {
                Begun::Beside(file) => file,
                Begun::Through(mut file) => return file.flush().map(|()| 0),
            };
            file.as_file().sync_all()?;
            let bytes = file.as_file().metadata()?.len();
            file.persist(&path).map_err(|error| error.error)?;
            sync_folder(folder_of(&path))?;
            Ok(bytes)
        };
        finished().map_err(|source| Error::WriteFile { path: path.clone(), source })
    }
}

impl Write for Begun {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Beside(file) => file.write(bytes),
            Self::Through(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Beside(file) => file.flush(),
            Self::Through(file) => file.flush(),
        }
    }
}

impl Write for Aside {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// A file on its way, compressed if its name ends with `.gz`.
#[derive(Debug)]
pub enum Packed {
    /// As it is.
    Plain(Aside),
    /// Compressed.
    Gzip(Box<GzEncoder<Aside>>),
}

impl Packed {
    /// Begins a file.
    ///
    /// # Errors
    /// As [`Aside::new`].
    pub fn new(path: &Path) -> Result<Self, Error> {
        let aside = Aside::new(path)?;
        Ok(match path.extension().is_some_and(|end| end.eq_ignore_ascii_case("gz")) {
            true => Self::Gzip(Box::new(GzEncoder::new(aside, Compression::default()))),
            false => Self::Plain(aside),
        })
    }

    /// As [`Aside::finish`].
    ///
    /// # Errors
    /// As [`Aside::finish`].
    pub fn finish(self) -> Result<u64, Error> {
        match self {
            Self::Plain(aside) => aside.finish(),
            Self::Gzip(packed) => packed.finish()?.finish(),
        }
    }
}

impl Write for Packed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(aside) => aside.write(bytes),
            Self::Gzip(packed) => packed.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(aside) => aside.flush(),
            Self::Gzip(packed) => packed.flush(),
        }
    }
}
