//! Files that are taken in: the portal's CSV, records, versions.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| callbook_fuzz::archive::import(data));
