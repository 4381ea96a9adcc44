//! What a recording sounds like: tones of its own, computed wherever they are asked for.
//!
//! A file is a head and blocks of equal length, each a function of the recording's key and the block's
//! number. So any range of it can be had without the rest, and nothing is kept.

mod mp3;
mod wav;

use std::ops::Range;

use crate::draw::{Purpose, mix};

/// The sound of one recording, as a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Audio {
    key: u64,
    duration_ms: u32,
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Mp3,
    Wav,
    /// The same under its older name.
    XWav,
}

impl Audio {
    /// The sound of a call's recording.
    pub(crate) fn new(seed: u64, call: u32, duration_ms: u32) -> Self {
        let key = mix(seed, Purpose::Sound, call.into());
        let format = match key % 10 {
            0..6 => Format::Mp3,
            6..9 => Format::Wav,
            _ => Format::XWav,
        };
        Self { key, duration_ms, format }
    }

    /// `audio/mpeg`, `audio/wav` or `audio/x-wav`.
    #[must_use]
    pub fn content_type(&self) -> &'static str {
        match self.format {
            Format::Mp3 => "audio/mpeg",
            Format::Wav => "audio/wav",
            Format::XWav => "audio/x-wav",
        }
    }

    /// How long it plays, in milliseconds: WAV to the millisecond, MP3 up to the end of a frame of 72 ms.
    #[must_use]
    pub fn duration_ms(&self) -> u32 {
        match self.format {
            Format::Mp3 => self.duration_ms.div_ceil(mp3::FRAME_MS) * mp3::FRAME_MS,
            Format::Wav | Format::XWav => self.duration_ms,
        }
    }

    /// The length of the file.
    #[must_use]
    pub fn len_bytes(&self) -> u64 {
        (self.head().len() + self.block_bytes() * self.blocks()) as u64
    }

    /// What no other recording's file has: equal keys mean equal bytes.
    #[must_use]
    pub fn key(&self) -> u64 {
        self.key
    }

    /// Part of the file; what lies behind its end is left out.
    #[must_use]
    pub fn bytes(&self, range: Range<u64>) -> Vec<u8> {
        let (start, end) = (range.start as usize, range.end.min(self.len_bytes()) as usize);
        if start >= end {
            return vec![];
        }
        let (head, block) = (self.head(), self.block_bytes());
        let head_bytes = head.len();
        let (first, skip, mut bytes) = match start.checked_sub(head_bytes) {
            Some(start) => (start / block, start % block, vec![]),
            None => (0, start, head),
        };
        bytes.reserve(end - start + 2 * block);
        for number in first..end.saturating_sub(head_bytes).div_ceil(block) {
            self.push_block(number, &mut bytes);
        }
        bytes.drain(..skip);
        bytes.truncate(end - start);
        bytes
    }

    fn blocks(&self) -> usize {
        match self.format {
            Format::Mp3 => self.duration_ms.div_ceil(mp3::FRAME_MS) as usize,
            Format::Wav | Format::XWav => wav::samples(self.duration_ms),
        }
    }

    fn block_bytes(&self) -> usize {
        match self.format {
            Format::Mp3 => mp3::FRAME_BYTES,
            Format::Wav | Format::XWav => wav::SAMPLE_BYTES,
        }
    }

    fn head(&self) -> Vec<u8> {
        match self.format {
            Format::Mp3 => vec![],
            Format::Wav | Format::XWav => wav::head(self.duration_ms),
        }
    }

    fn push_block(&self, number: usize, bytes: &mut Vec<u8>) {
        match self.format {
            Format::Mp3 => mp3::push_frame(self.key, number as u64, bytes),
            Format::Wav | Format::XWav => wav::push_sample(self.key, number as u64, bytes),
        }
    }
}

/// Decides what the syllable of a number sounds like.
fn syllable(key: u64, number: u64) -> u64 {
    mix(key, Purpose::Sound, number)
}

/// Makes every block differ from every other.
fn noise(key: u64, number: u64) -> u64 {
    mix(key, Purpose::Noise, number)
}
