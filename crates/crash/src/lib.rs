//! Named places where a test can stop the process dead, as a power cut would.

/// Dies here if `CALLBOOK_CRASH_AT` is `step` or `step:n`, for the n-th time it is passed; panics instead
/// if `CALLBOOK_CRASH_BY` is `panic`.
#[cfg(feature = "crash-points")]
#[expect(clippy::panic, reason = "it is there to panic")]
pub fn point(step: &str) {
    use std::sync::atomic::{AtomicU32, Ordering};

    static PASSED: AtomicU32 = AtomicU32::new(0);

    let Ok(wanted) = std::env::var("CALLBOOK_CRASH_AT") else { return };
    let (name, times) = wanted.split_once(':').unwrap_or((&wanted, "1"));
    if name == step && PASSED.fetch_add(1, Ordering::Relaxed) + 1 == times.parse().unwrap_or(1) {
        match std::env::var("CALLBOOK_CRASH_BY").as_deref() {
            Ok("panic") => panic!("told to panic at {step}"),
            _ => std::process::abort(),
        }
    }
}

/// Does nothing: this is no test.
#[cfg(not(feature = "crash-points"))]
pub fn point(_step: &str) {}
