//! Sets of ids that can be compared without listing them.

use std::fmt;

use sha2::{Digest as _, Sha256};

/// How many ids, and a hash that does not depend on their order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct IdSet {
    /// How many.
    pub count: u64,
    sum: u128,
}

impl<'a> FromIterator<&'a str> for IdSet {
    /// The ids must differ from each other.
    fn from_iter<I: IntoIterator<Item = &'a str>>(ids: I) -> Self {
        ids.into_iter().fold(Self::default(), |set, id| {
            let mut half = [0; 16];
            half.copy_from_slice(&Sha256::digest(id.as_bytes())[..16]);
            let sum = set.sum.wrapping_add(u128::from_be_bytes(half));
            Self { count: set.count + 1, sum }
        })
    }
}

impl fmt::Display for IdSet {
    /// The hash, in 32 hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.sum)
    }
}
