//! Groups that the synthetic company does not have, and what a lake that is not ready answers. Whole companies are held
//! against a recomputation by `scripts/analytics_test.py`.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod archive;
mod groups;
mod limits;
