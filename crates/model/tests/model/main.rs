//! The vocabulary against a synthetic company, which shares no code with it.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod projection;
