//! Every state that a call was seen in.

use std::io::Write as _;

use anyhow::Context as _;
use callbook_model::Scope;
use callbook_store::{Account, Cause, Store, Version};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::commands::difference::differences;
use crate::output::{CANNOT_WRITE, say};
use crate::time;

/// Prints the states, oldest first, with what changed from one to the next.
pub async fn print(
    store: &Store,
    account: &Account,
    scope: Scope,
    id: &str,
    zone: &TimeZone,
    json: bool,
) -> anyhow::Result<()> {
    let mut versions = store.versions(account.key, scope, id).await?;
    versions.reverse();
    if json {
        return print_json(&versions);
    }
    let mut before: Option<Value> = None;
    for version in &versions {
        say!(
            "{}  change {}: {}",
            time::clock(version.received_ms, zone),
            version.seq,
            what(version)
        )?;
        let after: Value = serde_json::from_str(&version.json).unwrap_or_default();
        if let Some(before) = &before {
            let changes = differences(before, &after);
            changes.iter().try_for_each(|change| say!("    {change}"))?;
        }
        before = Some(after);
    }
    Ok(())
}

fn what(version: &Version) -> &'static str {
    match version.cause {
        Cause::Received => "received",
        Cause::Absent => "deleted: upstream lists it no more",
        Cause::Listed => "not deleted: upstream lists it again",
        Cause::Repaired => "fetched again for repair",
        Cause::Imported => "imported from a file",
    }
}

/// The records as they came; numbers and spelling as they are.
fn print_json(versions: &[Version]) -> anyhow::Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout());
    let mut separator = "[\n";
    for Version { seq, received_ms, cause, json } in versions {
        let received = Timestamp::from_millisecond(*received_ms)?;
        let cause = format!("{cause:?}").to_lowercase();
        write!(
            out,
            "{separator}{{\"change\":{seq},\"received\":\"{received}\",\"cause\":\"{cause}\",\"record\":{json}}}"
        )
        .context(CANNOT_WRITE)?;
        separator = ",\n";
    }
    writeln!(out, "\n]").and_then(|()| out.flush()).context(CANNOT_WRITE)
}
