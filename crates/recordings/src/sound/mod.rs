//! Sound as files have it: which form, how long, and where in the file it is.
//!
//! Nothing is decoded: frames and chunks are walked over. That tells a whole file from half of one, and is all that
//! joining needs.

mod join;
mod mp3;
mod wav;

use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::ops::Range;

pub use join::{Differ, join};

/// A file of sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sound {
    /// What it takes to play it.
    pub format: Format,
    /// Length, in milliseconds.
    pub duration_ms: i64,
    /// Where in the file the sound is, in bytes: without headers and tags.
    pub body: Range<u64>,
    /// The file ends in the middle of it.
    pub cut_short: bool,
}

/// What two sounds must have in common to be played as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Format {
    /// The `fmt ` chunk, whole.
    Wav(Vec<u8>),
    /// MPEG audio, layer III.
    Mp3 {
        /// Samples a second.
        rate: u32,
        /// One, not two.
        mono: bool,
    },
}

impl Format {
    /// What a file of it is usually called.
    pub fn extension(&self) -> &'static str {
        match self {
            Self::Wav(_) => "wav",
            Self::Mp3 { .. } => "mp3",
        }
    }

    /// Its `Content-Type`.
    pub fn content_type(&self) -> &'static str {
        self.names()[0]
    }

    /// Whether a server's `Content-Type` means this.
    pub fn is_called(&self, content_type: &str) -> bool {
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        self.names().iter().any(|name| name.eq_ignore_ascii_case(essence))
    }

    fn names(&self) -> &'static [&'static str] {
        match self {
            Self::Wav(_) => &["audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave"],
            Self::Mp3 { .. } => &["audio/mpeg", "audio/mp3"],
        }
    }
}

/// Looks at a file; `None` if it is no sound that we know.
///
/// # Errors
/// When the file cannot be read.
pub fn inspect(file: impl Read + Seek) -> io::Result<Option<Sound>> {
    let mut file = Places::of(file)?;
    match wav::inspect(&mut file)? {
        Some(sound) => Ok(Some(sound)),
        None => mp3::inspect(&mut file),
    }
}

/// A file that is read here and there.
struct Places<F> {
    file: BufReader<F>,
    at: u64,
    length: u64,
}

impl<F: Read + Seek> Places<F> {
    fn of(file: F) -> io::Result<Self> {
        let mut file = BufReader::new(file);
        let length = file.seek(SeekFrom::End(0))?;
        file.seek(SeekFrom::Start(0))?;
        Ok(Self { file, at: 0, length })
    }

    /// Fills as much of a buffer as the file has from a place on.
    fn read(&mut self, place: u64, buffer: &mut [u8]) -> io::Result<usize> {
        // Unlike a seek to a place, this keeps what is in memory already.
        self.file.seek_relative(place.wrapping_sub(self.at) as i64)?;
        self.at = place;
        let mut filled = 0;
        while filled < buffer.len() {
            match self.file.read(&mut buffer[filled..])? {
                0 => break,
                count => filled += count,
            }
        }
        self.at += filled as u64;
        Ok(filled)
    }

    /// So many bytes from a place on, if the file has them.
    fn bytes<const N: usize>(&mut self, place: u64) -> io::Result<Option<[u8; N]>> {
        let mut bytes = [0; N];
        Ok((self.read(place, &mut bytes)? == N).then_some(bytes))
    }
}

#[cfg(test)]
mod tests;
