//! One login, in a file that only its owner may read.

use std::any::Any;
use std::fs::{self, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use callbook_files::{make_folder, sync_folder};
use callbook_ringcentral::{Keep, KeepError};
use secrecy::{ExposeSecret as _, SecretString};

use crate::{Error, crash, seal};

/// A file with a login; beside it one to lock, and for a moment one that will take its place.
#[derive(Debug)]
pub struct LoginFile {
    folder: PathBuf,
    name: String,
    sealed: bool,
}

impl LoginFile {
    pub(crate) fn new(folder: PathBuf, name: String, sealed: bool) -> Self {
        Self { folder, name, sealed }
    }

    /// Whether anybody is signed in; nothing is read for it.
    ///
    /// # Errors
    /// When that cannot be seen.
    pub fn exists(&self) -> Result<bool, Error> {
        let failed = |source| Error::File { what: "read", path: self.path(), source };
        self.path().try_exists().map_err(failed)
    }

    /// Where it is.
    pub fn path(&self) -> PathBuf {
        self.beside("json")
    }

    fn beside(&self, extension: &str) -> PathBuf {
        self.folder.join(format!("{}.{extension}", self.name))
    }

    fn replace(&self, text: &SecretString) -> io::Result<()> {
        let aside = self.beside("new");
        // Somebody who died may have left one, and only those who hold the lock write it.
        remove_if_there(&aside)?;
        let mut file = private().create_new(true).open(&aside)?;
        file.write_all(text.expose_secret().as_bytes())?;
        file.sync_all()?;
        crash::point(crash::ASIDE);
        fs::rename(&aside, self.path())?;
        crash::point(crash::RENAMED);
        sync_folder(&self.folder)
    }
}

impl Keep for LoginFile {
    fn name(&self) -> &str {
        &self.name
    }

    fn try_lock(&self) -> Result<Option<Box<dyn Any + Send>>, KeepError> {
        let path = self.beside("lock");
        let failed = |source| Error::File { what: "lock", path: path.clone(), source };
        make_folder(&self.folder).map_err(failed)?;
        let file = private().create(true).truncate(false).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {
                crash::point(crash::LOCKED);
                Ok(Some(Box::new(file)))
            }
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(failed(source).into()),
        }
    }

    fn read(&self) -> Result<Option<SecretString>, KeepError> {
        match fs::read_to_string(self.path()) {
            Ok(text) if seal::is_sealed(&text) => Ok(Some(seal::open(&self.name, &text)?)),
            Ok(text) => Ok(Some(text.into())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(Error::File { what: "read", path: self.path(), source }.into()),
        }
    }

    fn write(&self, text: &SecretString) -> Result<(), KeepError> {
        crash::point(crash::WRITING);
        let failed = |source| Error::File { what: "write", path: self.path(), source };
        if self.sealed {
            self.replace(&seal::seal(&self.name, text)?).map_err(failed)?;
        } else {
            self.replace(text).map_err(failed)?;
        }
        crash::point(crash::KEPT);
        Ok(())
    }

    fn remove(&self) -> Result<(), KeepError> {
        let failed = |source| Error::File { what: "remove", path: self.path(), source };
        let files = [self.beside("new"), self.path()];
        files.iter().try_for_each(|path| remove_if_there(path)).map_err(failed)?;
        sync_folder(&self.folder).map_err(failed)?;
        if self.sealed {
            seal::forget(&self.name)?;
        }
        Ok(())
    }
}

/// Opens files that nobody else may read.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login(folder: &Path) -> LoginFile {
        LoginFile::new(folder.join("state/logins"), "one".to_owned(), false)
    }

    #[test]
    fn it_is_there_until_it_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let login = login(folder.path());
        assert!(login.read().unwrap().is_none());
        let _lock = login.try_lock().unwrap().unwrap();
        for text in ["first", "second"] {
            login.write(&text.to_owned().into()).unwrap();
            assert_eq!(login.read().unwrap().unwrap().expose_secret(), text);
        }
        login.remove().unwrap();
        login.remove().unwrap();
        assert!(login.read().unwrap().is_none());
    }

    #[test]
    fn one_at_a_time_changes_it() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (login(folder.path()), login(folder.path()));
        let lock = one.try_lock().unwrap();
        assert!(lock.is_some() && other.try_lock().unwrap().is_none());
        drop(lock);
        assert!(other.try_lock().unwrap().is_some());
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_may_read_it_whatever_was_left_behind() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().unwrap();
        let login = login(folder.path());
        let _lock = login.try_lock().unwrap().unwrap();
        fs::write(login.beside("new"), "half of").unwrap();
        login.write(&"whole".to_owned().into()).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&login.path()), 0o600);
        assert_eq!(mode(&login.folder), 0o700);
        assert!(!login.beside("new").exists());
    }
}
