//! All reports that there are.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::built_in::REPORTS;
use crate::header::{Fault, read};
use crate::{Error, Origin, Report};

/// Files longer than this are no reports, in bytes.
const LONGEST: u64 = 1 << 20;

/// Reports by their names.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    reports: BTreeMap<String, Report>,
    /// Files that could not be read as reports.
    pub bad: Vec<BadReport>,
}

/// A file that is to be a report and is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadReport {
    /// The file.
    pub path: PathBuf,
    /// Where in it, counted from 1.
    pub line: usize,
    /// What is wrong.
    pub reason: String,
}

impl fmt::Display for BadReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, line, reason } = self;
        write!(f, "{}:{line}: {reason}", path.display())
    }
}

impl Catalog {
    /// Those that are built in.
    #[must_use]
    pub fn built_in() -> Self {
        let mut catalog = Self::default();
        for (name, text) in REPORTS {
            let read = read(name, text, Origin::BuiltIn);
            catalog.add(Path::new("reports").join(name).with_extension("sql"), name, read);
        }
        catalog
    }

    /// Adds those of a folder, in the place of built-in ones of the same names. A folder that is not there has none.
    ///
    /// # Errors
    /// When the folder cannot be read. A bad file is noted in [`Catalog::bad`].
    pub fn with_folder(mut self, folder: &Path) -> Result<Self, Error> {
        let failed = |source| Error::Folder { path: folder.to_owned(), source };
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(self),
            Err(error) => return Err(failed(error)),
        };
        let paths = entries.map(|entry| entry.map(|entry| entry.path()));
        let mut paths = paths.collect::<Result<Vec<PathBuf>, _>>().map_err(failed)?;
        paths.sort();
        for path in paths {
            let is_sql = path.extension().is_some_and(|end| end == "sql");
            let Some(name) = path.file_stem().and_then(|name| name.to_str()).filter(|_| is_sql)
            else {
                continue;
            };
            let replaces = self.reports.contains_key(name);
            let origin = Origin::File { path: path.clone(), replaces };
            let report = text(&path).and_then(|text| read(name, &text, origin));
            self.add(path.clone(), name, report);
        }
        Ok(self)
    }

    fn add(&mut self, path: PathBuf, name: &str, read: Result<Report, Fault>) {
        match read {
            Ok(report) => drop(self.reports.insert(name.to_owned(), report)),
            Err(Fault { line, reason }) => self.bad.push(BadReport { path, line, reason }),
        }
    }

    /// The report of a name.
    ///
    /// # Errors
    /// When there is none.
    pub fn get(&self, name: &str) -> Result<&Report, Error> {
        self.reports
            .get(name)
            .ok_or_else(|| Error::Unknown { name: name.to_owned(), near: self.near(name) })
    }

    /// All of them, by their names.
    pub fn iter(&self) -> impl Iterator<Item = &Report> {
        self.reports.values()
    }

    /// Names that have a word in common with this one, or begin as it does.
    fn near(&self, name: &str) -> Vec<String> {
        let words: Vec<&str> = name.split('-').filter(|word| word.len() > 2).collect();
        let looks_like = |known: &&String| {
            let start = name.get(..3).unwrap_or(name);
            known.starts_with(start) || words.iter().any(|word| known.contains(word))
        };
        self.reports.keys().filter(looks_like).cloned().collect()
    }
}

fn text(path: &Path) -> Result<String, Fault> {
    let fault = |error: io::Error| Fault { line: 1, reason: error.to_string() };
    if fs::metadata(path).map_err(fault)?.len() > LONGEST {
        return Err(Fault { line: 1, reason: "it is too long for a report".to_owned() });
    }
    fs::read_to_string(path).map_err(fault)
}
