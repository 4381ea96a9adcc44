//! An archive in memory that takes commits as the real one does.

use std::collections::{BTreeMap, HashSet};

use callbook_model::Span;

use super::company::{Company, HOUR};
use super::upstream::Record;

#[derive(Debug, Default)]
pub struct Kept {
    /// Every version that was received.
    pub versions: Vec<usize>,
    pub deleted: bool,
    /// When it was first found to be absent.
    absent: Option<i64>,
    /// By absence, not by a record.
    inferred: bool,
}

#[derive(Debug, Default)]
pub struct Archive {
    pub calls: BTreeMap<u32, Kept>,
}

impl Archive {
    pub fn commit(&mut self, records: &[Record]) {
        for record in records {
            let kept = self.calls.entry(record.id).or_default();
            if kept.versions.last() != Some(&record.version) {
                kept.versions.push(record.version);
            }
            kept.absent = None;
            if record.deleted || kept.inferred {
                kept.deleted = record.deleted;
                kept.inferred = false;
            }
        }
    }

    /// Ids that are not deleted, begun in the span, and not among those.
    pub fn lacking(&self, company: &Company, span: Span, ids: &HashSet<String>) -> Vec<u32> {
        let (from, to) = (span.from.as_millisecond(), span.to.as_millisecond());
        let first = company.calls.partition_point(|call| call.start < from);
        let begun = company.calls[first..].iter().take_while(|call| call.start < to);
        let here = |id: &u32| self.calls.get(id).is_some_and(|kept| !kept.deleted);
        let ids = begun.map(|call| call.id).filter(|id| here(id) && !ids.contains(&id.to_string()));
        ids.collect()
    }

    /// Calls that a complete list lacked; returns how many are still suspects, and which are
    /// taken to be deleted.
    pub fn absent(&mut self, ids: &[u32], now: i64) -> (usize, Vec<u32>) {
        let (mut suspects, mut deleted) = (0, Vec::new());
        for id in ids {
            let kept = self.calls.get_mut(id).unwrap();
            match kept.absent {
                Some(first) if first + HOUR <= now => {
                    kept.deleted = true;
                    kept.inferred = true;
                    deleted.push(*id);
                }
                Some(_) => suspects += 1,
                None => {
                    kept.absent = Some(now);
                    suspects += 1;
                }
            }
        }
        (suspects, deleted)
    }
}
