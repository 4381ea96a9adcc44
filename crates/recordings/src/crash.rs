//! The steps of keeping a recording, at which a test can stop the process dead.

/// Its content is in the spool, whole.
pub(crate) const SPOOLED: &str = "recording-spooled";
/// The archive knows where it will be.
pub(crate) const PLACED: &str = "recording-placed";
/// It is there.
pub(crate) const PUT: &str = "recording-put";
/// The archive knows that it is.
pub(crate) const KEPT: &str = "recording-kept";
