//! What of a batch is new to the archive.

use std::collections::{HashMap, HashSet};

use deadpool_postgres::Transaction;

use super::failure::Failure;
use super::{Values, flag, query};
use crate::{ABSENT_AFTER_MS, Cause, Committed, Incoming};

/// What the archive knows of a call.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) call: i64,
    /// Number and place of the newest version.
    pub(super) version: (i64, i64),
    pub(super) start_ms: i64,
    hash: Vec<u8>,
    deleted: bool,
    /// Of the newest version of a deleted call.
    cause: Option<Cause>,
}

/// What the archive knows of an id.
#[derive(Debug, Default)]
pub(super) struct OfId {
    pub(super) known: Option<Known>,
    /// When it was absent for the first time.
    first_ms: Option<i64>,
}

/// A record that the archive has to take in.
pub(super) struct Change<'a> {
    pub(super) incoming: &'a Incoming,
    pub(super) known: Option<Known>,
    pub(super) cause: Cause,
    pub(super) received_ms: i64,
}

/// What a batch changes.
#[derive(Default)]
pub(super) struct Changes<'a> {
    pub(super) records: Vec<Change<'a>>,
    /// Absent for the first time.
    pub(super) suspects: Vec<&'a str>,
    /// Absent again, and late enough: deleted.
    pub(super) gone: Vec<(&'a str, Known)>,
    /// Suspects so far that are listed.
    pub(super) back: Vec<&'a str>,
}

/// Looks up what is known of ids.
pub(super) async fn look_up(
    transaction: &Transaction<'_>,
    (account, scope): (i64, i64),
    ids: &[&str],
) -> Result<HashMap<String, OfId>, Failure> {
    // Not joined to a list of ids: a server without statistics yet, in an archive's first minute, would go
    // over all calls for each of them.
    let calls = "SELECT c.id, c.call, c.version, c.version_ms, c.start_ms, c.hash, c.deleted,
             CASE WHEN c.deleted = 1 THEN (SELECT v.cause FROM version v WHERE v.account = $1
                 AND v.seq = c.version AND v.start_ms = c.version_ms) END
         FROM call c WHERE c.account = $1 AND c.scope = $2 AND c.id = ANY ($3)";
    let suspects = "SELECT id, first_ms FROM absence
         WHERE account = $1 AND scope = $2 AND id = ANY ($3)";
    let values: &Values<'_> = &[&account, &scope, &ids];
    let (calls, suspects) =
        tokio::try_join!(query(transaction, calls, values), query(transaction, suspects, values),)?;
    let mut found: HashMap<String, OfId> = HashMap::with_capacity(calls.len());
    for row in calls {
        let known = Known {
            call: row.try_get(1)?,
            version: (row.try_get(2)?, row.try_get(3)?),
            start_ms: row.try_get(4)?,
            hash: row.try_get(5)?,
            deleted: flag(&row, 6)?,
            cause: row.try_get::<_, Option<&str>>(7)?.map(Cause::of),
        };
        found.entry(row.try_get(0)?).or_default().known = Some(known);
    }
    for row in suspects {
        found.entry(row.try_get(0)?).or_default().first_ms = Some(row.try_get(1)?);
    }
    Ok(found)
}

/// Sorts out what is new, and counts it.
pub(super) fn sort_out<'a>(
    records: &'a [Incoming],
    absent: &'a [String],
    mut found: HashMap<String, OfId>,
    (force, now_ms): (bool, i64),
    committed: &mut Committed,
) -> Changes<'a> {
    let mut changes = Changes::default();
    let listed: HashSet<&str> = records.iter().map(|each| each.record.id.as_str()).collect();
    let distinct: HashSet<&str> = absent.iter().map(String::as_str).collect();
    for id in distinct.into_iter().filter(|id| !listed.contains(id)) {
        let Some(OfId { known, first_ms }) = found.remove(id) else { continue };
        let Some(known) = known.filter(|known| !known.deleted) else { continue };
        match first_ms {
            None => changes.suspects.push(id),
            Some(first_ms) if now_ms.saturating_sub(first_ms) >= ABSENT_AFTER_MS => {
                changes.gone.push((id, known));
            }
            Some(_) => committed.suspects += 1,
        }
    }
    committed.suspects += changes.suspects.len() as u64;
    committed.deleted = changes.gone.len() as u64;
    for incoming in records {
        let Incoming { record, hash, .. } = incoming;
        let OfId { known, first_ms } = found.remove(&record.id).unwrap_or_default();
        if first_ms.is_some() {
            changes.back.push(&record.id);
        }
        let mut cause = if force { Cause::Repaired } else { Cause::Received };
        match &known {
            Some(known)
                if known.deleted && !record.deleted && known.cause == Some(Cause::Absent) =>
            {
                cause = Cause::Listed;
                committed.restored += 1;
            }
            Some(known) if known.hash == hash.0 && !force => {
                committed.unchanged += 1;
                continue;
            }
            Some(known) if record.deleted && !known.deleted => committed.deleted += 1,
            None if record.deleted => committed.deleted += 1,
            Some(_) => committed.updated += 1,
            None => committed.inserted += 1,
        }
        changes.records.push(Change { incoming, known, cause, received_ms: now_ms });
    }
    changes
}

/// Drops all but the last record of each id; the rest keep their order.
pub(super) fn last_of_each(records: Vec<Incoming>) -> Vec<Incoming> {
    let last: HashMap<String, usize> =
        records.iter().enumerate().map(|(at, each)| (each.record.id.clone(), at)).collect();
    let is_last = |(at, each): &(usize, Incoming)| last.get(&each.record.id) == Some(at);
    records.into_iter().enumerate().filter(is_last).map(|(_, each)| each).collect()
}
