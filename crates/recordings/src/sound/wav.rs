//! RIFF WAVE.

use std::io::{self, Read, Seek};

use super::{Format, Places, Sound};

/// A `fmt ` chunk of more is none.
const LONGEST_FMT: u32 = 256;

pub(super) fn inspect(file: &mut Places<impl Read + Seek>) -> io::Result<Option<Sound>> {
    let head = file.bytes::<12>(0)?;
    if head.is_none_or(|head| &head[..4] != b"RIFF" || &head[8..] != b"WAVE") {
        return Ok(None);
    }
    let (mut fmt, mut at) = (None, 12);
    while let Some([a, b, c, d, size @ ..]) = file.bytes::<8>(at)? {
        let size = u32::from_le_bytes(size);
        at += 8;
        match &[a, b, c, d] {
            b"fmt " if (16..=LONGEST_FMT).contains(&size) => {
                let mut bytes = vec![0; size as usize];
                if file.read(at, &mut bytes)? < bytes.len() {
                    return Ok(None);
                }
                fmt = Some(bytes);
            }
            b"data" => return Ok(fmt.and_then(|fmt| sound(fmt, at, size, file.length))),
            _ => {}
        }
        // Chunks begin at even places.
        at += u64::from(size) + u64::from(size % 2);
    }
    Ok(None)
}

fn sound(fmt: Vec<u8>, start: u64, size: u32, length: u64) -> Option<Sound> {
    let bytes_a_second = u32::from_le_bytes(fmt.get(8..12)?.try_into().ok()?);
    if bytes_a_second == 0 {
        return None;
    }
    let there = length.saturating_sub(start);
    // Who wrote it while it came could not say how long it would be.
    let unstated = size == 0 || size == u32::MAX;
    let announced = if unstated { there } else { u64::from(size) };
    // Half a sample would shift those of a sound that is joined to it.
    let sample_bytes = u64::from(u16::from_le_bytes(fmt.get(12..14)?.try_into().ok()?)).max(1);
    let bytes = announced.min(there);
    let bytes = bytes - bytes % sample_bytes;
    let duration_ms = i64::try_from(bytes * 1000 / u64::from(bytes_a_second)).ok()?;
    let cut_short = there < announced;
    Some(Sound { format: Format::Wav(fmt), duration_ms, body: start..start + bytes, cut_short })
}

/// The header of a file with so many bytes of sound; `None` if they are more than one can have.
pub(super) fn header(fmt: &[u8], bytes: u64) -> Option<Vec<u8>> {
    let data = u32::try_from(bytes).ok()?;
    let fmt_size = u32::try_from(fmt.len()).ok()?;
    let padding = fmt_size % 2;
    let riff = data.checked_add(data % 2)?.checked_add(4 + 8 + 8 + fmt_size + padding)?;
    let mut header = Vec::with_capacity(44);
    for part in [b"RIFF", &riff.to_le_bytes(), b"WAVE", b"fmt ", &fmt_size.to_le_bytes()] {
        header.extend_from_slice(part);
    }
    header.extend_from_slice(fmt);
    header.extend_from_slice(&[0][..padding as usize]);
    header.extend_from_slice(b"data");
    header.extend_from_slice(&data.to_le_bytes());
    Some(header)
}
