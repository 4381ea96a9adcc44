use std::fs::File;
use std::io::{Cursor, Write as _};

use callbook_synth::{Audio, Company, Config, Scope};
use proptest::prelude::*;

use super::*;

/// 417 bytes and 1152 samples: MPEG-1, 128 kbit/s at 44.1 kHz, two channels.
fn frame(filling: u8) -> Vec<u8> {
    let mut frame = vec![0xff, 0xfb, 0x90, 0x00];
    frame.resize(417, filling);
    frame
}

fn frames(count: u8) -> Vec<u8> {
    (0..count).flat_map(frame).collect()
}

fn tone(rate: u32, channels: u16, samples: i16) -> Vec<u8> {
    let mut file = Cursor::new(vec![]);
    let sample_format = hound::SampleFormat::Int;
    let spec = hound::WavSpec { channels, sample_rate: rate, bits_per_sample: 16, sample_format };
    let mut writer = hound::WavWriter::new(&mut file, spec).unwrap();
    (0..samples).for_each(|sample| writer.write_sample(sample.wrapping_mul(97)).unwrap());
    writer.finalize().unwrap();
    file.into_inner()
}

fn look(bytes: &[u8]) -> Option<Sound> {
    inspect(Cursor::new(bytes)).unwrap()
}

/// Real recordings as the sandbox serves them, the short ones.
fn recordings() -> Vec<Audio> {
    let url = "http://127.0.0.1:1".to_owned();
    let moment = |text: &str| text.parse().unwrap();
    let company = Company::new(Config {
        seed: 1,
        users: 8,
        calls: 600,
        from: moment("2024-01-01T00:00:00Z"),
        until: moment("2024-02-01T00:00:00Z"),
        server_url: url.clone(),
        media_url: url,
    });
    let calls = company.entries(Scope::Account).iter().map(|entry| entry.call);
    let mut all: Vec<_> = calls.filter_map(|call| company.call(call).recording()).collect();
    all.sort_by_key(|recording| recording.duration_ms);
    all.into_iter().map(|recording| recording.audio).take(24).collect()
}

fn whole(audio: &Audio) -> Vec<u8> {
    audio.bytes(0..u64::MAX)
}

#[test]
fn what_hound_writes_is_known() {
    for (rate, channels, samples, duration_ms) in [
        (8_000, 1, 12_000, 1_500),
        (8_000, 2, 12_000, 750),
        (44_100, 1, 441, 10),
        (16_000, 1, 0, 0),
    ] {
        let file = tone(rate, channels, samples);
        let sound = look(&file).unwrap();
        assert_eq!(sound.duration_ms, duration_ms);
        assert_eq!(sound.body, 44..file.len() as u64);
        assert!(!sound.cut_short && sound.format.is_called("Audio/WAVE; codec=1"));
        assert_eq!((sound.format.extension(), sound.format.content_type()), ("wav", "audio/wav"));
    }
}

#[test]
fn what_the_sandbox_serves_is_known_to_the_millisecond() {
    let (mut mp3, mut wav) = (0, 0);
    for audio in recordings() {
        let sound = look(&whole(&audio)).unwrap();
        assert_eq!(sound.duration_ms, i64::from(audio.duration_ms()));
        assert_eq!(sound.body.end, audio.len_bytes());
        assert!(!sound.cut_short && sound.format.is_called(audio.content_type()));
        *(if sound.format.extension() == "mp3" { &mut mp3 } else { &mut wav }) += 1;
    }
    assert!(mp3 > 3 && wav > 3, "{mp3} MP3, {wav} WAV");
}

#[test]
fn tags_and_the_frame_about_the_file_are_no_sound() {
    let tag = |size: u8, flags: u8| {
        let mut tag = vec![b'I', b'D', b'3', 4, 0, flags, 0, 0, 1, size];
        // A frame within it is a picture's.
        tag.extend(frame(1));
        tag.resize(10 + 128 + usize::from(size) + if flags == 0 { 0 } else { 10 }, 7);
        tag
    };
    for name in [&b"Xing"[..], b"Info", b"VBRI", b"none"] {
        let mut about = frame(0);
        about[36..40].copy_from_slice(name);
        for before in [vec![], tag(0, 0), tag(77, 0x10)] {
            let mut file = [&before[..], &about, &frames(5)].concat();
            let end = file.len() as u64;
            file.extend([&b"TAG"[..], &[b' '; 125]].concat());
            let sound = look(&file).unwrap();
            let count = if name == b"none" { 6 } else { 5 };
            assert_eq!(sound.duration_ms, count * 1152 * 1000 / 44_100);
            assert_eq!(sound.body, end - count as u64 * 417..end);
            assert_eq!(sound.format, Format::Mp3 { rate: 44_100, mono: false });
            assert!(!sound.cut_short);
        }
    }
}

#[test]
fn half_a_file_is_told_from_a_whole_one() {
    for audio in recordings() {
        let file = whole(&audio);
        let sound = look(&file).unwrap();
        let half = look(&file[..file.len() - 7]).unwrap();
        assert!(half.cut_short && half.duration_ms <= sound.duration_ms);
        assert_eq!(half.format, sound.format);
    }
    assert!(look(&frames(3)[..1000]).unwrap().cut_short);
}

#[test]
fn frames_are_found_behind_noise() {
    let noise = vec![0x55; 3_000];
    let file = [&noise[..], &frames(2), &noise, &frames(3), &noise].concat();
    let sound = look(&file).unwrap();
    assert_eq!(sound.duration_ms, 5 * 1152 * 1000 / 44_100);
    assert_eq!(sound.body, 3_000..(3_000 + 5 * 417 + 3_000));
    let (far, sound) = (vec![0x55; 70_000], frames(9));
    assert_eq!(look(&[far, sound].concat()), None);
}

#[test]
fn a_wav_may_have_other_chunks_and_no_length() {
    let file = tone(8_000, 1, 800);
    let list = [&b"LIST"[..], &5_u32.to_le_bytes(), b"hello\0"].concat();
    let chunks = [&file[..36], &list, &file[36..], &list].concat();
    let sound = look(&chunks).unwrap();
    assert_eq!((sound.duration_ms, sound.body), (100, 58..1658));
    for unstated in [0, u32::MAX] {
        let mut streamed = file.clone();
        streamed[40..44].copy_from_slice(&unstated.to_le_bytes());
        let sound = look(&streamed).unwrap();
        assert_eq!((sound.duration_ms, sound.cut_short), (100, false));
    }
}

#[test]
fn what_is_no_sound_is_not_taken_for_it() {
    let page = "<!doctype html><title>503</title>".repeat(300);
    let headless = [b"RIFF", &[0; 4][..], b"WAVE", b"data", &[8; 40]].concat();
    let still = &tone(8_000, 1, 8)[..30];
    for file in [b"", &b"ID3"[..], &[0xff; 5_000], &[0; 5_000], page.as_bytes(), &headless, still] {
        assert_eq!(look(file), None);
    }
}

/// Files and what [`inspect`] says of them.
fn parts(files: &[Vec<u8>]) -> Vec<(Sound, File)> {
    let part = |bytes: &Vec<u8>| {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        (inspect(&file).unwrap().unwrap(), file)
    };
    files.iter().map(part).collect()
}

#[test]
fn joined_wavs_have_the_samples_of_both() {
    let files = [tone(8_000, 1, 701), tone(8_000, 1, 300)];
    let mut joined = vec![];
    join(&parts(&files), &mut joined).unwrap();
    let samples = |file: &[u8]| -> Vec<i16> {
        let samples = hound::WavReader::new(Cursor::new(file)).unwrap().into_samples();
        samples.map(Result::unwrap).collect()
    };
    assert_eq!(samples(&joined), [samples(&files[0]), samples(&files[1])].concat());
    assert_eq!(look(&joined).unwrap().duration_ms, 125);
}

#[test]
fn a_wav_that_ends_within_a_sample_shifts_no_other() {
    let (mut cut, other) = (tone(8_000, 2, 700), tone(8_000, 2, 300));
    cut.truncate(cut.len() - 1);
    let mut joined = vec![];
    join(&parts(&[cut.clone(), other.clone()]), &mut joined).unwrap();
    // The last of the cut ones loses both of its channels.
    assert_eq!(joined[44..], [&cut[44..44 + 1396], &other[44..]].concat());
    assert!(look(&joined).is_some_and(|sound| !sound.cut_short));
}

#[test]
fn joined_mp3s_have_the_frames_of_both_in_order() {
    let tagged = [&frames(4)[..], b"TAG", &[0; 125]].concat();
    let mut about = frame(0);
    about[36..40].copy_from_slice(b"Xing");
    let counted = [&about[..], &frame(9), &frame(8)].concat();
    let mut joined = vec![];
    join(&parts(&[tagged, counted]), &mut joined).unwrap();
    assert!(joined == [&frames(4)[..], &frame(9), &frame(8)].concat());
    assert_eq!(look(&joined).unwrap().duration_ms, 6 * 1152 * 1000 / 44_100);
}

#[test]
fn what_differs_is_refused_before_anything_is_written() {
    let mono = [0xff, 0xfb, 0x90, 0xc0].into_iter().chain(std::iter::repeat_n(0, 413)).collect();
    for files in [
        [tone(8_000, 1, 9), tone(8_000, 2, 8)],
        [tone(8_000, 1, 9), tone(16_000, 1, 9)],
        [tone(44_100, 2, 8), frames(2)],
        [frames(2), mono],
    ] {
        let mut joined = vec![];
        let error = join(&parts(&files), &mut joined).unwrap_err();
        assert!(matches!(error, Differ::Formats) && joined.is_empty());
    }
    // A file says that it is long, and nothing of it is read.
    let mut long = parts(&[tone(8_000, 1, 9), tone(8_000, 1, 9)]);
    long[1].0.body.end += 4 << 30;
    let mut joined = vec![];
    let error = join(&long, &mut joined).unwrap_err();
    assert!(matches!(error, Differ::TooLong) && joined.is_empty());
    join(&[], &mut joined).unwrap();
    assert!(joined.is_empty());
}

/// A real file with some bytes changed, some left out.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let mut files = vec![tone(8_000, 1, 700), frames(12)];
    files.extend(recordings().iter().take(6).map(whole));
    files.iter_mut().for_each(|file| file.truncate(20_000));
    let change = (any::<prop::sample::Index>(), any::<u8>());
    // Most of what is decided by is at the beginning.
    let head = (0_usize..60, any::<u8>());
    let changes = (prop::collection::vec(change, 0..20), prop::collection::vec(head, 0..8));
    let cut = (any::<prop::sample::Index>(), any::<prop::sample::Index>());
    (prop::sample::select(files), changes, cut).prop_map(|(mut file, (changes, heads), (a, b))| {
        changes.iter().for_each(|(place, byte)| *place.get_mut(&mut file) = *byte);
        heads.iter().for_each(|(place, byte)| file[*place] = *byte);
        let (from, to) = (a.index(file.len()), b.index(file.len()));
        file.drain(from.min(to)..from.max(to));
        file
    })
}

fn is_sensible(file: &[u8]) -> bool {
    look(file).is_none_or(|sound| {
        sound.body.start <= sound.body.end
            && sound.body.end <= file.len() as u64
            && sound.duration_ms >= 0
    })
}

proptest! {
    #[test]
    fn any_bytes_are_looked_at(bytes in prop::collection::vec(any::<u8>(), 0..3_000)) {
        prop_assert!(is_sensible(&bytes));
    }

    #[test]
    fn any_bytes_with_a_beginning_are_looked_at(
        head in prop::sample::select(vec![&b"RIFF\0\0\0\0WAVEfmt "[..], b"ID3\x04\0\0", &[0xff, 0xfb, 0x90]]),
        bytes in prop::collection::vec(any::<u8>(), 0..3_000),
    ) {
        prop_assert!(is_sensible(&[head, &bytes].concat()));
    }

    #[test]
    fn damaged_files_are_looked_at(file in damaged()) {
        prop_assert!(is_sensible(&file));
    }

    #[test]
    fn noise_is_no_sound(bytes in prop::collection::vec(any::<u8>(), 20_000..40_000)) {
        prop_assert_eq!(look(&bytes), None);
    }
}
