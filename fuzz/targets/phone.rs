//! Phone numbers.
#![no_main]

use callbook_model::{Region, number_key};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &str| {
    for home in [Region::US, Region::GB, Region::DE] {
        let has_digits = data.bytes().any(|byte| byte.is_ascii_digit());
        let key = number_key(data, home);
        assert!(key.is_some() || !has_digits);
        let plain =
            |key: String| key.trim_start_matches('+').bytes().all(|byte| byte.is_ascii_digit());
        assert!(key.is_none_or(plain));
    }
});
