//! Named places where a test can stop the process dead, as a power cut would.

/// The steps of a commit, in order. Whichever the process dies at, a batch happened or did not.
pub(crate) const BEFORE: &str = "before";
pub(crate) const NUMBERED: &str = "numbered";
pub(crate) const VERSIONS: &str = "versions";
pub(crate) const QUARANTINE: &str = "quarantine";
pub(crate) const CURSOR: &str = "cursor";
pub(crate) const COMMITTED: &str = "committed";

/// Dies here if `CALLBOOK_CRASH_AT` is `step` or `step:n`, for the n-th time it is passed.
#[cfg(feature = "crash-points")]
pub fn point(step: &str) {
    use std::sync::atomic::{AtomicU32, Ordering};

    static PASSED: AtomicU32 = AtomicU32::new(0);

    let Ok(wanted) = std::env::var("CALLBOOK_CRASH_AT") else { return };
    let (name, times) = wanted.split_once(':').unwrap_or((&wanted, "1"));
    if name == step && PASSED.fetch_add(1, Ordering::Relaxed) + 1 == times.parse().unwrap_or(1) {
        std::process::abort();
    }
}

/// Dies nowhere: only tests do.
#[cfg(not(feature = "crash-points"))]
pub fn point(_step: &str) {}
