//! What an upstream answers, and what settings say of it.
#![no_main]

use callbook_ringcentral::{
    CallLogPage, MediaHost, RecordingId, Scopes, SyncPage, limits_seen, parse_server_url,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &str| {
    if let Ok(page) = CallLogPage::parse(data.to_owned()) {
        assert!(page.records().all(|record| data.contains(record)));
    }
    if let Ok(page) = SyncPage::parse(data.to_owned()) {
        assert!(page.records().all(|record| data.contains(record)));
    }
    let _ = (limits_seen(data), Scopes::parse(data), parse_server_url(data));
    let _ = (data.parse::<MediaHost>(), data.parse::<RecordingId>());
});
