//! Sound files, whole and cut off.
#![no_main]

use std::io::Cursor;

use callbook_recordings::inspect;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    for file in [data, &data[..data.len() / 2]] {
        let sound = inspect(Cursor::new(file)).expect("memory can be read");
        if let Some(sound) = sound {
            assert!(sound.body.start <= sound.body.end && sound.body.end <= file.len() as u64);
            assert!(sound.duration_ms >= 0);
        }
    }
});
