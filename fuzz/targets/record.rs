//! A record, and entries of the directory.
#![no_main]

use callbook_api::mask_numbers;
use callbook_model::{
    Attachments, CallRecord, DirectoryEntry, DirectoryKind, Region, content_hash, legs,
};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|data: &str| {
    if let Ok(record) = CallRecord::decode(data, Region::US) {
        assert!(!record.id.is_empty());
    }
    let _ = (Attachments::decode(data), legs(data));
    for kind in DirectoryKind::ALL {
        let _ = DirectoryEntry::decode(kind, data);
    }
    let mut masked = data.as_bytes().to_vec();
    mask_numbers(&mut masked);
    let hash = content_hash(data);
    if serde_json::from_str::<Value>(data).is_ok() {
        // Blanks around it are no change.
        assert_eq!(hash, content_hash(&format!(" {data}\n")));
        assert!(serde_json::from_slice::<Value>(&masked).is_ok());
    }
});
