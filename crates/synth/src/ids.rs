//! Ids that look like RingCentral's and can be read back without an index.

use std::fmt::{self, Write as _};

use crate::draw::{Purpose, mix};

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const LENGTH: usize = 15;
const CHECK_BITS: u32 = 26;

/// The id of one call log record: 15 letters, digits, `-` or `_`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RecordId([u8; LENGTH]);

impl RecordId {
    /// The id of the call numbered `call` in the log numbered `log`.
    pub(crate) fn new(seed: u64, log: u32, call: u32) -> Self {
        let hidden = shuffle(seed, (u64::from(log) << 32) | u64::from(call));
        let mut rest = (u128::from(hidden) << CHECK_BITS) | u128::from(check(seed, hidden));
        let mut letters = [0; LENGTH];
        for letter in letters.iter_mut().rev() {
            *letter = LETTERS[(rest & 63) as usize];
            rest >>= 6;
        }
        Self(letters)
    }

    /// The log and the call behind an id, or nothing when it is not one of this company's.
    pub(crate) fn read(seed: u64, text: &str) -> Option<(u32, u32)> {
        if text.len() != LENGTH {
            return None;
        }
        let mut bits = 0_u128;
        for letter in text.bytes() {
            let value = LETTERS.iter().position(|&known| known == letter)?;
            bits = (bits << 6) | value as u128;
        }
        let hidden = (bits >> CHECK_BITS) as u64;
        let found = (bits & ((1 << CHECK_BITS) - 1)) as u64;
        if found != check(seed, hidden) {
            return None;
        }
        let plain = unshuffle(seed, hidden);
        Some(((plain >> 32) as u32, plain as u32))
    }

    /// The id as it stands in JSON.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Every byte comes from LETTERS, so this never falls back.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecordId({self})")
    }
}

impl std::ops::Deref for RecordId {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

fn check(seed: u64, hidden: u64) -> u64 {
    mix(seed, Purpose::RecordId, hidden) >> (64 - CHECK_BITS)
}

/// A Feistel network: 64 bits onto 64 bits, one to one, turned back by [`unshuffle`].
fn shuffle(seed: u64, plain: u64) -> u64 {
    let (mut left, mut right) = ((plain >> 32) as u32, plain as u32);
    for round in 0..4 {
        (left, right) = (right, left ^ scrambled_half(seed, round, right));
    }
    (u64::from(left) << 32) | u64::from(right)
}

fn unshuffle(seed: u64, hidden: u64) -> u64 {
    let (mut left, mut right) = ((hidden >> 32) as u32, hidden as u32);
    for round in (0..4).rev() {
        (left, right) = (right ^ scrambled_half(seed, round, left), left);
    }
    (u64::from(left) << 32) | u64::from(right)
}

fn scrambled_half(seed: u64, round: u64, half: u32) -> u32 {
    (mix(seed, Purpose::RecordId, (round << 32) | u64::from(half)) >> 32) as u32
}

/// Identifies a telephony session: the interaction and which of its sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SessionKey {
    pub(crate) seed: u64,
    pub(crate) interaction: u32,
    pub(crate) number: u8,
}

impl SessionKey {
    fn hash(self, salt: u64) -> u64 {
        let index = (u64::from(self.interaction) << 8) | u64::from(self.number);
        mix(self.seed, Purpose::Session, index ^ (salt << 48))
    }

    /// Another session of the same interaction.
    pub(crate) fn sibling(self, number: u8) -> Self {
        Self { number, ..self }
    }

    /// `s-` and hexadecimal groups.
    pub(crate) fn telephony_session_id(self) -> String {
        let (a, b) = (self.hash(1), self.hash(2));
        let mut id = String::with_capacity(40);
        // Writing to a String cannot fail.
        let _ = write!(id, "s-a{:012x}z", a >> 16);
        let _ = write!(id, "{:011x}z{:09x}", b >> 20, self.hash(3) >> 28);
        id
    }

    /// The telephony session's id with `p-` in front and the party's number behind.
    pub(crate) fn party_id(self, party: u32) -> String {
        let mut id = self.telephony_session_id();
        id.replace_range(..1, "p");
        let _ = write!(id, "-{party}");
        id
    }

    /// A decimal number that no other session of the company has.
    pub(crate) fn session_id(self) -> u64 {
        let number = (u64::from(self.interaction) << 2) | u64::from(self.number);
        (401_700_000 + number) * 1000 + self.hash(4) % 8 * 10 + 4
    }
}

/// The id of a call's recording.
pub(crate) fn recording_id(call: u32) -> u64 {
    (1_662_000_000 + u64::from(call)) * 1000 + 4
}

/// The call behind a recording's id.
pub(crate) fn recorded_call(id: &str) -> Option<u32> {
    let id: u64 = id.parse().ok()?;
    let call = u32::try_from((id / 1000).checked_sub(1_662_000_000)?).ok()?;
    (recording_id(call) == id).then_some(call)
}

/// The id of a call's voicemail or fax message.
pub(crate) fn message_id(call: u32) -> u64 {
    (2_204_000_000 + u64::from(call)) * 1000 + 4
}
