//! Several recordings of a call as one file, without decoding them.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write};

use super::{Format, Sound, wav};

/// Sounds that one file cannot hold as they are.
#[derive(Debug, thiserror::Error)]
pub enum Differ {
    /// Other forms, rates or channels.
    #[error("the recordings differ in form")]
    Formats,
    /// A WAV file holds 4 GB at most.
    #[error("together the recordings are too long for one file")]
    TooLong,
    /// Reading one or writing the other did not work.
    #[error("cannot copy a recording")]
    Copy(#[source] io::Error),
}

/// Writes sounds one after the other.
///
/// # Errors
/// [`Differ::Formats`] and [`Differ::TooLong`] come before anything is written.
pub fn join(parts: &[(Sound, File)], out: &mut dyn Write) -> Result<(), Differ> {
    let Some((first, _)) = parts.first() else { return Ok(()) };
    if parts.iter().any(|(sound, _)| sound.format != first.format) {
        return Err(Differ::Formats);
    }
    let bytes = parts.iter().map(|(sound, _)| sound.body.end - sound.body.start).sum::<u64>();
    let padding = match &first.format {
        Format::Wav(fmt) => {
            let header = wav::header(fmt, bytes).ok_or(Differ::TooLong)?;
            out.write_all(&header).map_err(Differ::Copy)?;
            bytes % 2
        }
        Format::Mp3 { .. } => 0,
    };
    for (sound, file) in parts {
        let mut file = file;
        file.seek(SeekFrom::Start(sound.body.start)).map_err(Differ::Copy)?;
        let mut body = file.take(sound.body.end - sound.body.start);
        io::copy(&mut body, out).map_err(Differ::Copy)?;
    }
    out.write_all(&[0][..padding as usize]).map_err(Differ::Copy)
}
