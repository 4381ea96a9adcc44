//! What tells one content from another.

use std::io::{self, Read};

use sha2::{Digest as _, Sha256};

/// Length and SHA-256 of a content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hash {
    /// Length.
    pub bytes: u64,
    /// Hexadecimal, in lower case.
    pub sha256: String,
}

impl Hash {
    /// Of a file, from where it stands to its end.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn of(mut file: impl Read) -> io::Result<Self> {
        let (mut digest, mut bytes) = (Sha256::new(), 0);
        let mut piece = vec![0; 256 << 10];
        loop {
            match file.read(&mut piece)? {
                0 => return Ok(Self { bytes, sha256: hex(&digest.finalize()) }),
                count => {
                    digest.update(&piece[..count]);
                    bytes += count as u64;
                }
            }
        }
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
