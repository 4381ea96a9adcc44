//! MP3: MPEG-2.5 layer III, one channel, 8 kHz, 16 kbit/s, in frames that need no other.
//!
//! A frame holds 576 frequencies, of which two sound; the rest of its bytes is filling that decoders skip.
//! See ISO/IEC 11172-3, 2.4.1, and for the lower rates 13818-3, 2.4.1.

use super::{noise, syllable};

/// 72 × bits a second ÷ samples a second.
pub(super) const FRAME_BYTES: usize = 144;

/// 576 samples.
pub(super) const FRAME_MS: u32 = 72;

/// Sync and MPEG-2.5 layer III without checksum; 16 kbit/s at 8 kHz without padding; one channel.
const HEADER: [u8; 4] = [0xFF, 0xE3, 0x28, 0xC0];

const SYLLABLE_FRAMES: u64 = 4;

/// One syllable in so many is a pause.
const PAUSES: u64 = 5;

/// How loud the frames of a syllable are: a quarter of a power of two each, 210 being the loudest that there is.
const GAINS: [u64; SYLLABLE_FRAMES as usize] = [186, 194, 194, 186];

pub(super) fn push_frame(key: u64, number: u64, bytes: &mut Vec<u8>) {
    let end = bytes.len() + FRAME_BYTES;
    let draw = syllable(key, number / SYLLABLE_FRAMES);
    let sounds = match draw.is_multiple_of(PAUSES) {
        true => Bits::default(),
        false => sounds((draw >> 8) as usize % 42 + 16),
    };
    let gain = GAINS[(number % SYLLABLE_FRAMES) as usize];
    bytes.extend(HEADER);
    bytes.extend(side_information(&sounds, gain).into_bytes());
    bytes.extend(sounds.into_bytes());
    for place in 0_u64.. {
        // Without the high bits, nothing in it looks like a frame's beginning.
        let filling = noise(key, number * FRAME_BYTES as u64 + place) & 0x7F7F_7F7F_7F7F_7F7F;
        bytes.extend(filling.to_le_bytes());
        if bytes.len() >= end {
            return bytes.truncate(end);
        }
    }
}

/// The frequencies at `low` and `2 × low`, of 576 up to 4 kHz, in the words of Huffman table 1.
fn sounds(low: usize) -> Bits {
    let mut bits = Bits::default();
    for pair in 0..=low {
        let sounds = |place: usize| place == low || place == 2 * low;
        match (sounds(2 * pair), sounds(2 * pair + 1)) {
            (false, false) => bits.push(0b1, 1),
            // A positive sign follows.
            (true, false) => bits.push(0b010, 3),
            (false, true) => bits.push(0b0010, 4),
            (true, true) => bits.push(0b0_0000, 5),
        }
        bits.pairs += 1;
    }
    bits
}

/// What a decoder has to know of a frame; there is nothing of it in the frames before.
fn side_information(sounds: &Bits, gain: u64) -> Bits {
    let mut bits = Bits::default();
    let (main_data_begin, private) = (0, 0);
    bits.push(main_data_begin, 8);
    bits.push(private, 1);
    bits.push(sounds.length, 12);
    bits.push(sounds.pairs, 9);
    bits.push(gain, 8);
    let (scale_factors, window_switching) = (0, 0);
    bits.push(scale_factors, 9);
    bits.push(window_switching, 1);
    // Three regions, all with table 1.
    bits.push(0b00001_00001_00001, 15);
    let (regions, scale, quadruples) = (0, 0, 0);
    bits.push(regions, 7);
    bits.push(scale, 1);
    bits.push(quadruples, 1);
    bits
}

/// Bits, the highest of each byte first.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    length: u64,
    /// How many pairs of frequencies they stand for.
    pairs: u64,
}

impl Bits {
    fn push(&mut self, value: u64, width: u32) {
        for place in (0..width).rev() {
            if self.length.is_multiple_of(8) {
                self.bytes.push(0);
            }
            let bit = (value >> place & 1) as u8;
            if let Some(last) = self.bytes.last_mut() {
                *last |= bit << (7 - self.length % 8);
            }
            self.length += 1;
        }
    }

    fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}
