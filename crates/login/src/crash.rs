//! Where a test can stop a process that changes a login.

pub(crate) use callbook_crash::point;

/// The steps, in order. A renewal goes through [`WRITING`] to [`KEPT`] twice: once to see whether it can
/// keep what will come, and once with it. The server spends the old refresh token between the two.
pub(crate) const LOCKED: &str = "login_locked";
pub(crate) const WRITING: &str = "login_writing";
pub(crate) const ASIDE: &str = "login_aside";
pub(crate) const RENAMED: &str = "login_renamed";
pub(crate) const KEPT: &str = "login_kept";
