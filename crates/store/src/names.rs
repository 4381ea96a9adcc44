//! What extensions were called at a moment.

use std::collections::BTreeMap;

use callbook_model::ExtensionId;

use crate::{Extension, Fact};

/// The names of an account's extensions, at any time.
#[derive(Debug, Clone, Default)]
pub struct Names {
    by_id: BTreeMap<ExtensionId, Vec<Named>>,
}

/// How an extension was for a while.
#[derive(Debug, Clone)]
struct Named {
    from_ms: i64,
    to_ms: Option<i64>,
    extension: Extension,
}

impl Names {
    /// Of facts about extensions, those of each by time.
    pub(crate) fn of(facts: Vec<Fact>) -> Self {
        let mut names = Self::default();
        for fact in facts {
            let Some(id) = fact.entry.extension else { continue };
            let (number, name, kind) = (fact.entry.number, fact.entry.name, fact.entry.r#type);
            let extension = Extension { id, number, name, kind };
            let (from_ms, to_ms) = (fact.valid_from_ms, fact.valid_to_ms);
            names.by_id.entry(id).or_default().push(Named { from_ms, to_ms, extension });
        }
        names
    }

    /// An extension as it was at a moment, in milliseconds since 1970-01-01T00:00:00Z. Before it was first seen
    /// it counts as it was then, and once it is gone as it was last.
    pub fn at(&self, id: ExtensionId, at_ms: i64) -> Option<&Extension> {
        let named = self.by_id.get(&id)?;
        let began = named.partition_point(|named| named.from_ms <= at_ms);
        named.get(began.saturating_sub(1)).map(|named| &named.extension)
    }

    /// Everything that an extension was ever called, earliest first.
    pub fn ever(&self) -> impl Iterator<Item = &Extension> {
        self.by_id.values().flatten().map(|named| &named.extension)
    }

    /// Every extension as last seen; those that are gone without their numbers.
    pub fn newest(&self) -> Vec<Extension> {
        let newest = self.by_id.values().filter_map(|named| named.last());
        let current = |named: &Named| match named.to_ms {
            None => named.extension.clone(),
            Some(_) => Extension { number: None, ..named.extension.clone() },
        };
        newest.map(current).collect()
    }
}
