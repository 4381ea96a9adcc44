//! Recordings are files that decoders play, as long as they say, and no two alike.

use std::collections::HashSet;
use std::io::Cursor;

use callbook_synth::{Audio, Company, Recording, Scope};
use proptest::prelude::*;

use crate::support::company;

const TYPES: [&str; 3] = ["audio/mpeg", "audio/wav", "audio/x-wav"];

fn recordings(company: &Company) -> Vec<Recording> {
    let entries = company.entries(Scope::Account).iter();
    entries.filter_map(|entry| company.call(entry.call).recording()).collect()
}

/// The shortest files of each type, so that little is computed.
fn short(each: usize) -> Vec<Audio> {
    let mut all: Vec<Audio> = recordings(&company(81, 25, 3_000)).iter().map(|r| r.audio).collect();
    all.sort_by_key(Audio::len_bytes);
    let of_type = |content_type: &'static str| {
        let files = all.iter().filter(move |audio| audio.content_type() == content_type);
        files.take(each).copied()
    };
    TYPES.into_iter().flat_map(of_type).collect()
}

fn whole(audio: &Audio) -> Vec<u8> {
    audio.bytes(0..u64::MAX)
}

/// Its samples in −1 to 1, at 8 kHz.
fn decode(audio: &Audio) -> Vec<f32> {
    let file = whole(audio);
    if audio.content_type() == "audio/mpeg" {
        let sound = nanomp3::decode_all::<f32>(&file);
        assert_eq!((sound.sample_rate, sound.channels), (8_000, Some(nanomp3::Channels::Mono)));
        assert_eq!(sound.avg_bitrate_kbps, 16);
        return sound.samples;
    }
    let mut reader = hound::WavReader::new(Cursor::new(file)).unwrap();
    let spec = reader.spec();
    assert_eq!((spec.sample_rate, spec.channels, spec.bits_per_sample), (8_000, 1, 16));
    reader.samples::<i16>().map(|sample| f32::from(sample.unwrap()) / 32_768.0).collect()
}

#[test]
fn decoders_play_them_as_long_as_they_say_and_without_clipping() {
    let files = short(4);
    assert_eq!(files.len(), 12);
    for audio in files {
        let samples = decode(&audio);
        assert_eq!(samples.len(), audio.duration_ms() as usize * 8);
        let peak = samples.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
        assert!((0.05..0.9).contains(&peak), "{}: {peak}", audio.content_type());
    }
}

#[test]
fn they_last_as_long_as_their_recordings_up_to_a_frame() {
    for recording in recordings(&company(82, 25, 3_000)) {
        let more_ms = recording.audio.duration_ms() - recording.duration_ms;
        let frame_ms = if recording.audio.content_type() == "audio/mpeg" { 72 } else { 1 };
        assert!(more_ms < frame_ms, "{recording:?}");
        assert_eq!(recording.audio.bytes(0..1).len(), 1);
        let len_bytes = recording.audio.len_bytes();
        assert_eq!(recording.audio.bytes(len_bytes - 1..u64::MAX).len(), 1);
        assert_eq!(recording.audio.bytes(len_bytes..u64::MAX).len(), 0);
    }
}

#[test]
fn all_types_occur_and_no_two_sound_alike() {
    let company = company(83, 25, 3_000);
    let all = recordings(&company);
    let types: HashSet<_> = all.iter().map(|recording| recording.audio.content_type()).collect();
    assert_eq!(types, HashSet::from(TYPES));
    let seconds: HashSet<Vec<u8>> = all.iter().map(|r| r.audio.bytes(1_000..2_000)).collect();
    assert_eq!(seconds.len(), all.len());
    let again = crate::support::company(83, 25, 3_000);
    assert_eq!(recordings(&again), all);
}

#[test]
fn no_part_of_one_can_be_taken_for_another_part() {
    for audio in short(1) {
        let file = whole(&audio);
        let parts: HashSet<&[u8]> = file.chunks_exact(144).collect();
        assert_eq!(parts.len(), file.len() / 144);
    }
}

#[test]
fn any_range_is_the_slice_of_the_whole() {
    let files: Vec<(Audio, Vec<u8>)> =
        short(1).into_iter().map(|audio| (audio, whole(&audio))).collect();
    let place = 0..2 * files[2].1.len();
    proptest!(|(file in 0_usize..3, start in prop_oneof![0_usize..200, place], length in 0_usize..2_000)| {
        let (audio, whole) = &files[file];
        let end = (start + length).min(whole.len());
        let slice = whole.get(start..end.max(start)).unwrap_or_default();
        prop_assert_eq!(audio.bytes(start as u64..(start + length) as u64), slice);
    });
}
