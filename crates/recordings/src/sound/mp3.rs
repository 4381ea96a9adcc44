//! MPEG audio, layer III: frames, one after the other.

use std::io::{self, Read, Seek};

use super::{Format, Places, Sound};

/// Kilobits a second by index, of MPEG-1 and of MPEG-2 and 2.5.
const BITRATES: [[u32; 15]; 2] = [
    [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
    [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
];

/// Samples a second by index, of MPEG-1.
const RATES: [u32; 3] = [44_100, 48_000, 32_000];

/// Bytes before and between frames that a player steps over; more, and it is no sound.
const MOST_BETWEEN: u64 = 64 << 10;

/// The tag at a file's end.
const ID3V1: u64 = 128;

/// What a frame's first four bytes say.
#[derive(Debug, Clone, Copy)]
struct Header {
    /// With the header, in bytes.
    length: u64,
    samples: u32,
    rate: u32,
    mono: bool,
    /// Bytes between the header and the main data.
    side: u64,
}

fn header(bytes: [u8; 4]) -> Option<Header> {
    let [first, second, third, fourth] = bytes;
    let (version, layer) = ((second >> 3) & 3, (second >> 1) & 3);
    if first != 0xff || second < 0xe0 || version == 1 || layer != 1 {
        return None;
    }
    let old = version == 3;
    let kilobits = *BITRATES[usize::from(!old)].get(usize::from(third >> 4))?;
    let halved = match version {
        3 => 0,
        2 => 1,
        _ => 2,
    };
    let rate = RATES.get(usize::from((third >> 2) & 3))? >> halved;
    if kilobits == 0 {
        return None;
    }
    let samples = if old { 1152 } else { 576 };
    let padding = u64::from((third >> 1) & 1);
    let length = u64::from(samples / 8 * kilobits * 1000 / rate) + padding;
    let mono = fourth >> 6 == 3;
    let side = match (old, mono) {
        (true, false) => 32,
        (true, true) | (false, false) => 17,
        (false, true) => 9,
    };
    Some(Header { length, samples, rate, mono, side })
}

pub(super) fn inspect(file: &mut Places<impl Read + Seek>) -> io::Result<Option<Sound>> {
    let (start, end) = (after_id3v2(file)?, before_id3v1(file)?);
    let (mut at, mut walk) = (start, Walk::default());
    while at < end {
        let Some(bytes) = file.bytes(at)? else { break };
        let header = match header(bytes).filter(|header| walk.fits(header)) {
            Some(header) if walk.first.is_some() || goes_on(file, at, end, header)? => Some(header),
            _ => None,
        };
        let Some(header) = header else {
            walk.between += 1;
            if walk.between > MOST_BETWEEN {
                return Ok(None);
            }
            at += 1;
            continue;
        };
        if at + header.length > end {
            walk.cut_short = true;
            break;
        }
        if walk.first.is_some() || !is_about_the_file(file, at, header)? {
            walk.take(at, header);
        }
        at += header.length;
    }
    Ok(walk.end())
}

/// What has been seen of the frames.
#[derive(Debug, Default)]
struct Walk {
    first: Option<(u64, Header)>,
    samples: u64,
    /// Where the last frame ends.
    last: u64,
    between: u64,
    cut_short: bool,
}

impl Header {
    fn is_like(&self, other: &Self) -> bool {
        self.rate == other.rate && self.mono == other.mono
    }
}

impl Walk {
    /// Noise between frames looks like one now and then, seldom like one of the others'.
    fn fits(&self, header: &Header) -> bool {
        self.first.is_none_or(|(_, first)| first.is_like(header))
    }

    fn take(&mut self, at: u64, header: Header) {
        self.first.get_or_insert((at, header));
        self.samples += u64::from(header.samples);
        self.last = at + header.length;
    }

    fn end(self) -> Option<Sound> {
        let (start, Header { rate, mono, .. }) = self.first?;
        let duration_ms = i64::try_from(self.samples * 1000 / u64::from(rate)).ok()?;
        let (format, body) = (Format::Mp3 { rate, mono }, start..self.last);
        Some(Sound { format, duration_ms, body, cut_short: self.cut_short })
    }
}

/// Whether a frame like it follows, or the end. Four bytes alone are found in anything.
fn goes_on(
    file: &mut Places<impl Read + Seek>,
    at: u64,
    end: u64,
    first: Header,
) -> io::Result<bool> {
    let next = at + first.length;
    let bytes = if next < end { file.bytes(next)? } else { None };
    Ok(next == end || bytes.and_then(header).is_some_and(|next| next.is_like(&first)))
}

/// Whether a first frame holds no sound, but says how many follow.
fn is_about_the_file(
    file: &mut Places<impl Read + Seek>,
    at: u64,
    header: Header,
) -> io::Result<bool> {
    let name: Option<[u8; 4]> = file.bytes(at + 4 + header.side)?;
    let other: Option<[u8; 4]> = file.bytes(at + 4 + 32)?;
    Ok(matches!(name.as_ref(), Some(b"Xing" | b"Info")) || other.as_ref() == Some(b"VBRI"))
}

fn after_id3v2(file: &mut Places<impl Read + Seek>) -> io::Result<u64> {
    let Some(head) = file.bytes::<10>(0)?.filter(|head| &head[..3] == b"ID3") else { return Ok(0) };
    let size = head[6..].iter().fold(0, |size, byte| (size << 7) | u64::from(byte & 0x7f));
    let footer = if head[5] & 0x10 == 0 { 0 } else { 10 };
    Ok(10 + size + footer)
}

fn before_id3v1(file: &mut Places<impl Read + Seek>) -> io::Result<u64> {
    let Some(place) = file.length.checked_sub(ID3V1) else { return Ok(file.length) };
    let tagged = file.bytes(place)?.as_ref() == Some(b"TAG");
    Ok(if tagged { place } else { file.length })
}
