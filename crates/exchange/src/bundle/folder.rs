//! A folder on its way, with the sum of each file.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use callbook_files::{folder_of, make_folder, sync_folder};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use super::SUMS;
use crate::Error;

/// Beside the name that it is to have, for its owner alone, and removed unless it is finished.
pub(super) struct Folder {
    aside: TempDir,
    path: PathBuf,
    sums: String,
    subfolders: Vec<PathBuf>,
}

/// A file of it, and the sum of what was written.
pub(super) struct Summed {
    file: BufWriter<File>,
    sum: Sha256,
}

impl Folder {
    pub(super) fn new(path: &Path) -> Result<Self, Error> {
        let error = |source| Error::WriteFile { path: path.to_owned(), source };
        // An empty folder may be renamed over: it would be gone, with whatever permissions it has.
        if path.symlink_metadata().is_ok() {
            return Err(Error::Exists { path: path.to_owned() });
        }
        let aside = TempDir::with_prefix_in(".callbook-", folder_of(path)).map_err(error)?;
        Ok(Self { aside, path: path.to_owned(), sums: String::new(), subfolders: Vec::new() })
    }

    /// Makes a folder in it, for its owner alone.
    pub(super) fn subfolder(&mut self, name: &str) -> Result<(), Error> {
        let path = self.aside.path().join(name);
        make_folder(&path)?;
        self.subfolders.push(path);
        Ok(())
    }

    pub(super) fn file(&self, name: &str) -> Result<Summed, Error> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(self.aside.path().join(name))?;
        Ok(Summed { file: BufWriter::with_capacity(1 << 16, file), sum: Sha256::new() })
    }

    /// Makes a file safe on the disk, and notes its sum, which it gives.
    pub(super) fn close(&mut self, name: &str, file: Summed) -> Result<String, Error> {
        let Summed { file, sum } = file;
        file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        let sum: String = sum.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        self.sums.push_str(&format!("{sum}  {name}\n"));
        Ok(sum)
    }

    /// Writes the sums, and gives the folder its name.
    pub(super) fn finish(mut self) -> Result<(), Error> {
        let sums = std::mem::take(&mut self.sums);
        let mut file = self.file(SUMS)?;
        file.write_all(sums.as_bytes())?;
        self.close(SUMS, file)?;
        for folder in &self.subfolders {
            sync_folder(folder)?;
        }
        sync_folder(self.aside.path())?;
        let Self { aside, path, .. } = self;
        let named = fs::rename(aside.path(), &path).and_then(|()| sync_folder(folder_of(&path)));
        // What was renamed is not there to be removed.
        drop(aside);
        named.map_err(|source| Error::WriteFile { path, source })
    }
}

impl Write for Summed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.sum.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
