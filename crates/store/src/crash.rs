//! Named places where a test can stop the process dead, as a power cut would.

pub(crate) use callbook_crash::point;

/// The steps of a commit, in order. Whichever the process dies at, a batch happened or did not.
pub(crate) const BEFORE: &str = "before";
pub(crate) const NUMBERED: &str = "numbered";
pub(crate) const VERSIONS: &str = "versions";
pub(crate) const QUARANTINE: &str = "quarantine";
pub(crate) const CURSOR: &str = "cursor";
pub(crate) const COMMITTED: &str = "committed";
