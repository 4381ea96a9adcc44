//! Content on its way: a file that grows until it is whole, and what is known of it beside.
//!
//! A process that is killed leaves what it had written to the system, so the next one goes on there. After a power cut
//! nobody knows how much of a file is what was written: it is begun again.

use std::io;
use std::path::{Path, PathBuf};

use callbook_model::AccountId;
use callbook_ringcentral::{Content, RecordingId, Resume};
use serde::{Deserialize, Serialize};
use tokio::fs::{self, File, OpenOptions};

/// A folder for content on its way.
#[derive(Debug, Clone)]
pub(crate) struct Spool {
    folder: PathBuf,
    /// Which start of the machine this is; `None` if that cannot be told.
    boot: Option<String>,
}

/// What is known of a content that has begun to come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Head {
    boot: Option<String>,
    /// Length of the whole, if upstream said.
    pub(crate) total: Option<u64>,
    etag: Option<String>,
    pub(crate) content_type: Option<String>,
}

/// One recording's files.
#[derive(Debug)]
pub(crate) struct Part {
    content: PathBuf,
    head: PathBuf,
    boot: Option<String>,
}

/// What is there already.
#[derive(Debug)]
pub(crate) struct Begun {
    pub(crate) head: Head,
    pub(crate) bytes: u64,
}

const CONTENT: &str = "part";
const HEAD: &str = "json";

impl Spool {
    pub(crate) fn open(folder: &Path) -> io::Result<Self> {
        callbook_files::make_folder(folder)?;
        let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok();
        let boot = boot.map(|boot| boot.trim().to_owned());
        Ok(Self { folder: folder.to_owned(), boot })
    }

    pub(crate) fn part(&self, account: AccountId, id: &RecordingId) -> Part {
        let file = |extension| self.folder.join(format!("{account}-{id}.{extension}"));
        Part { content: file(CONTENT), head: file(HEAD), boot: self.boot.clone() }
    }

    /// Removes what belongs to an account's recordings that nobody wants any more.
    pub(crate) async fn sweep(
        &self,
        account: AccountId,
        is_wanted: impl AsyncFn(&str) -> Result<bool, crate::Error>,
    ) -> Result<(), crate::Error> {
        let mut files = fs::read_dir(&self.folder).await.map_err(crate::Error::Spool)?;
        let prefix = format!("{account}-");
        while let Some(file) = files.next_entry().await.map_err(crate::Error::Spool)? {
            let name = file.file_name();
            let stem = name.to_str().and_then(|name| name.rsplit_once('.')).map(|(stem, _)| stem);
            let Some(id) = stem.and_then(|stem| stem.strip_prefix(&prefix)) else { continue };
            if !is_wanted(id).await? {
                remove(&file.path()).await.map_err(crate::Error::Spool)?;
            }
        }
        Ok(())
    }
}

impl Head {
    fn of(content: &Content, boot: Option<String>) -> Self {
        Self {
            boot,
            total: content.total,
            etag: content.etag.clone(),
            content_type: content.content_type.clone(),
        }
    }

    /// Whether an answer goes on with the same content.
    fn goes_on_with(&self, content: &Content) -> bool {
        let same = |ours: Option<&str>, theirs: Option<&str>| {
            ours.zip(theirs).is_none_or(|(ours, theirs)| ours == theirs)
        };
        let length = self.total.zip(content.total).is_none_or(|(ours, theirs)| ours == theirs);
        length && same(self.etag.as_deref(), content.etag.as_deref())
    }
}

impl Begun {
    pub(crate) fn is_whole(&self) -> bool {
        self.head.total == Some(self.bytes)
    }

    pub(crate) fn resume(&self) -> Resume {
        Resume { offset: self.bytes, etag: self.head.etag.clone() }
    }
}

impl Part {
    /// What is there already, if it can be gone on with.
    pub(crate) async fn begun(&self) -> io::Result<Option<Begun>> {
        let head = match fs::read(&self.head).await {
            Ok(head) => head,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let Ok(head) = serde_json::from_slice::<Head>(&head) else { return Ok(None) };
        let bytes = match fs::metadata(&self.content).await {
            Ok(content) => content.len(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
            Err(error) => return Err(error),
        };
        let usable = bytes > 0 && self.boot.is_some() && head.boot == self.boot;
        Ok(usable.then_some(Begun { head, bytes }))
    }

    /// The file to write an answer to, at its end, and what is known of the whole; `None` if the answer fits nowhere.
    pub(crate) async fn file_for(&self, content: &Content) -> io::Result<Option<(File, Head)>> {
        if content.offset == 0 {
            let head = Head::of(content, self.boot.clone());
            return Ok(Some((self.begin(&head).await?, head)));
        }
        let begun = self.begun().await?.filter(|begun| begun.bytes == content.offset);
        let Some(begun) = begun.filter(|begun| begun.head.goes_on_with(content)) else {
            return Ok(None);
        };
        Ok(Some((OpenOptions::new().append(true).open(&self.content).await?, begun.head)))
    }

    /// The old content goes before the new head comes, so that they are never taken for one.
    async fn begin(&self, head: &Head) -> io::Result<File> {
        let file = private().write(true).truncate(true).open(&self.content).await?;
        let aside = self.head.with_extension("new");
        fs::write(&aside, serde_json::to_vec(head)?).await?;
        fs::rename(&aside, &self.head).await?;
        Ok(file)
    }

    /// The whole content, to be read.
    pub(crate) async fn open(&self) -> io::Result<File> {
        File::open(&self.content).await
    }

    pub(crate) async fn remove(&self) -> io::Result<()> {
        remove(&self.content).await?;
        remove(&self.head).await
    }
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.create(true);
    #[cfg(unix)]
    options.mode(0o600);
    options
}

async fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path).await {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
