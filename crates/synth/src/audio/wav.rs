//! WAV: 16 bit PCM, one channel, 8 kHz.

use super::{noise, syllable};

pub(super) const SAMPLE_BYTES: usize = 2;

const RATE_HZ: u32 = 8_000;

/// A quarter of a second.
const SYLLABLE_SAMPLES: u64 = 2_000;

/// One syllable in so many is a pause.
const PAUSES: u64 = 5;

pub(super) fn samples(duration_ms: u32) -> usize {
    duration_ms as usize * (RATE_HZ as usize / 1_000)
}

/// `RIFF`, the format, and the beginning of the data: 44 bytes.
pub(super) fn head(duration_ms: u32) -> Vec<u8> {
    let data_bytes = u32::try_from(samples(duration_ms) * SAMPLE_BYTES).unwrap_or(u32::MAX - 36);
    let mut head = Vec::with_capacity(44);
    head.extend(b"RIFF");
    head.extend((36 + data_bytes).to_le_bytes());
    head.extend(b"WAVEfmt ");
    head.extend(16_u32.to_le_bytes());
    // PCM, one channel.
    head.extend([1, 0, 1, 0]);
    head.extend(RATE_HZ.to_le_bytes());
    head.extend((RATE_HZ * SAMPLE_BYTES as u32).to_le_bytes());
    // Bytes of all channels, bits of one.
    head.extend([2, 0, 16, 0]);
    head.extend(b"data");
    head.extend(data_bytes.to_le_bytes());
    head
}

/// A triangle wave that swells and fades with its syllable, and a little noise.
pub(super) fn push_sample(key: u64, number: u64, bytes: &mut Vec<u8>) {
    let (within, draw) = (number % SYLLABLE_SAMPLES, syllable(key, number / SYLLABLE_SAMPLES));
    let loudness = match draw.is_multiple_of(PAUSES) {
        true => 0,
        false => within.min(SYLLABLE_SAMPLES - within) as i64,
    };
    let pitch_hz = 110 + (draw >> 8) % 290;
    // One turn is 65,536.
    let turn = (within * pitch_hz * 65_536 / u64::from(RATE_HZ) % 65_536) as i64;
    let wave = (turn - 32_768).abs() - 16_384;
    let hiss = (noise(key, number) % 65) as i64 - 32;
    // At most 8,192 + 32.
    let sample = wave * loudness / SYLLABLE_SAMPLES as i64 + hiss;
    bytes.extend((sample as i16).to_le_bytes());
}
