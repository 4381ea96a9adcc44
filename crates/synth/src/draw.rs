//! Everything random: small streams keyed by the seed, a purpose and an index.
//!
//! The arithmetic on top of the key stream is written out here, so that an update of a random
//! number library cannot change a company.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// What a stream is drawn for. Two purposes never share a stream.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purpose {
    People = 1,
    Contacts,
    Traffic,
    Interaction,
    Oddities,
    Session,
    RecordId,
    Recording,
    Deletion,
    Modification,
    Sound,
    Noise,
    Hold,
}

/// One deterministic stream.
pub(crate) struct Draw(ChaCha8Rng);

impl Draw {
    pub(crate) fn new(seed: u64, purpose: Purpose, index: u64) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8] = purpose as u8;
        let mut stream = ChaCha8Rng::from_seed(key);
        stream.set_stream(index);
        Self(stream)
    }

    /// Uniform in 0 ≤ x < 1.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Uniform in 0 ≤ x < `count`; 0 when `count` is 0.
    pub(crate) fn below(&mut self, count: u32) -> u32 {
        ((u64::from(self.0.next_u32()) * u64::from(count)) >> 32) as u32
    }

    /// Uniform in `low` ≤ x ≤ `high`.
    pub(crate) fn between(&mut self, low: u32, high: u32) -> u32 {
        low + self.below(high.saturating_sub(low).saturating_add(1))
    }

    /// True in `per_mille` of 1000 cases.
    pub(crate) fn chance(&mut self, per_mille: u32) -> bool {
        self.below(1000) < per_mille
    }

    /// One of `choices`, which must not be empty.
    pub(crate) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len() as u32) as usize]
    }

    /// One of `choices`, each as likely as its weight.
    pub(crate) fn weighted<T: Copy>(&mut self, choices: &[(T, u32)]) -> T {
        let mut left = self.below(choices.iter().map(|&(_, weight)| weight).sum());
        for &(choice, weight) in choices {
            if left < weight {
                return choice;
            }
            left -= weight;
        }
        choices[0].0
    }

    /// An index below `count` by a flattened Zipf law: a few favourites and a long tail.
    pub(crate) fn favourite(&mut self, count: u32) -> u32 {
        const FLATTEN: f64 = 20.0;
        let grown = (f64::from(count) / FLATTEN + 1.0).powf(self.unit());
        ((grown - 1.0) * FLATTEN).min(f64::from(count.saturating_sub(1))) as u32
    }

    /// Normal with mean 0 and deviation 1, as a sum of twelve uniform numbers: this needs no
    /// logarithm or cosine, whose last bit differs between machines.
    pub(crate) fn normal(&mut self) -> f64 {
        let sum: u64 = (0..6)
            .map(|_| {
                let pair = self.0.next_u64();
                (pair >> 32) + (pair & u64::from(u32::MAX))
            })
            .sum();
        sum as f64 / (1_u64 << 32) as f64 - 6.0
    }

    /// A talk time in milliseconds: lognormal with μ = 4.75 and σ = 0.98 of seconds, at most 2 h.
    pub(crate) fn talk_ms(&mut self) -> u32 {
        let seconds = (4.75 + 0.98 * self.normal()).exp();
        (seconds.clamp(2.0, 7200.0) * 1000.0) as u32
    }

    /// Gamma with the given shape and scale 1 (Marsaglia and Tsang).
    pub(crate) fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            let boost = self.unit().powf(1.0 / shape);
            return self.gamma(shape + 1.0) * boost;
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal();
            let v = (1.0 + c * x).powi(3);
            if v > 0.0 && self.unit().ln() < 0.5 * x * x + d - d * v + d * v.ln() {
                return d * v;
            }
        }
    }
}

/// A well-mixed number for a single decision, far cheaper than a stream.
pub(crate) fn mix(seed: u64, purpose: Purpose, index: u64) -> u64 {
    scramble(scramble(seed ^ ((purpose as u64) << 56)) ^ index)
}

/// The finaliser of SplitMix64, which maps 64 bits onto 64 bits one to one.
fn scramble(value: u64) -> u64 {
    let value = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}
