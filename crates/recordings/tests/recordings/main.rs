//! Recordings: which are fetched when, fetched from a sandbox, and kept in places.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod fetching;
mod place;
mod s3;
mod simulation;

/// A content of a length, and a file of it.
fn sample(length: usize) -> (Vec<u8>, tokio::fs::File, callbook_recordings::Hash) {
    use std::io::{Seek as _, Write as _};

    let content: Vec<u8> = (0..length).map(|place| (place * 7 % 251) as u8).collect();
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(&content).unwrap();
    file.rewind().unwrap();
    let hash = callbook_recordings::Hash::of(&content[..]).unwrap();
    (content, file.into(), hash)
}
