//! Whose calls a question sees.
//!
//! A person's part of a call is what an extension's own log has of it: the person's legs, offers and recordings, not
//! those of others before or after. A queue's part is its visits, what it offered to whom, and the legs and recordings
//! of those to whom it did. Whoever had a part in a call sees its row among the interactions, which is about the whole.

use std::collections::BTreeSet;
use std::sync::Arc;

use callbook_model::ExtensionId;
use datafusion::catalog::TableProvider;
use datafusion::common::{Column, JoinType};
use datafusion::datasource::{ViewTable, provider_as_source};
use datafusion::error::Result;
use datafusion::logical_expr::{LogicalPlan, LogicalPlanBuilder};
use datafusion::prelude::{Expr, col, lit};

use crate::sealed::Seen;
use crate::table::TABLES;

// Their places among TABLES.
const INTERACTIONS: usize = 0;
const LEGS: usize = 1;
const OFFERS: usize = 2;
const QUEUE_VISITS: usize = 3;
const RECORDINGS: usize = 4;

/// Which rows of an account's tables may be seen. The directory is everybody's, as it is over the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// All of them.
    Everything,
    /// Those of some people and queues.
    Only(Circle),
}

/// People and queues whose calls may be seen. Without any there are no calls.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Circle {
    /// Their own parts of calls.
    pub people: BTreeSet<ExtensionId>,
    /// Theirs, and the parts of those whom they offered a call.
    pub queues: BTreeSet<ExtensionId>,
}

impl Access {
    /// The tables that are registered instead of `all`, which are in the order of [`TABLES`]. Nothing leads to `all`
    /// but through these.
    pub(crate) fn of(
        &self,
        all: Vec<Arc<dyn TableProvider>>,
    ) -> Result<Vec<Arc<dyn TableProvider>>> {
        let Self::Only(circle) = self else { return Ok(all) };
        let tables = Unfiltered(all);
        let views = [
            circle.interactions(&tables)?,
            circle.legs(&tables)?,
            circle.offers(&tables)?,
            circle.queue_visits(&tables)?,
            circle.recordings(&tables)?,
        ];
        let seen = |plan| -> Arc<dyn TableProvider> { Arc::new(Seen(ViewTable::new(plan, None))) };
        Ok(views.into_iter().map(seen).collect())
    }
}

/// All rows of each of [`TABLES`].
struct Unfiltered(Vec<Arc<dyn TableProvider>>);

impl Unfiltered {
    fn rows(&self, table: usize) -> Result<LogicalPlanBuilder> {
        let source = provider_as_source(Arc::clone(&self.0[table]));
        LogicalPlanBuilder::scan(TABLES[table], source, None)
    }

    /// Rows of a table that have the same `keys` as any row of `of`.
    fn rows_of(
        &self,
        table: usize,
        of: LogicalPlanBuilder,
        keys: &[&str],
    ) -> Result<LogicalPlanBuilder> {
        let of = of.project(keys.iter().map(|key| col(*key)))?.alias("part")?;
        let on = |table: &str| -> Vec<Column> {
            keys.iter().map(|key| Column::new(Some(table.to_owned()), *key)).collect()
        };
        // The first side is kept in memory: few columns, of fewer rows.
        let rows = self.rows(table)?.build()?;
        of.join(rows, JoinType::RightSemi, (on("part"), on(TABLES[table])), None)
    }
}

impl Circle {
    fn is_person(&self, column: &str) -> Expr {
        is_any(column, self.people.iter())
    }

    fn is_queue(&self, column: &str) -> Expr {
        is_any(column, self.queues.iter())
    }

    fn is_either(&self, column: &str) -> Expr {
        is_any(column, self.people.union(&self.queues))
    }

    fn interactions(&self, tables: &Unfiltered) -> Result<LogicalPlan> {
        let legs = tables.rows(LEGS)?.filter(self.is_either("extension"))?;
        // An end may be known by its extension without a leg of its own.
        let ends = self.is_either("caller_extension").or(self.is_either("called_extension"));
        let ends = tables.rows(INTERACTIONS)?.filter(ends)?.project([col("session")])?;
        let parts = legs.project([col("session")])?.union(ends.build()?)?;
        tables.rows_of(INTERACTIONS, parts, &["session"])?.build()
    }

    fn legs(&self, tables: &Unfiltered) -> Result<LogicalPlan> {
        let own = tables.rows(LEGS)?.filter(self.is_either("extension"))?;
        if self.queues.is_empty() {
            return own.build();
        }
        let offered = tables.rows(OFFERS)?.filter(self.is_queue("queue"))?;
        let offered = tables.rows_of(LEGS, offered, &["session", "extension"])?;
        own.union(offered.filter(!self.is_either("extension"))?.build()?)?.build()
    }

    fn offers(&self, tables: &Unfiltered) -> Result<LogicalPlan> {
        let own = self.is_person("extension").or(self.is_queue("queue"));
        tables.rows(OFFERS)?.filter(own)?.build()
    }

    fn queue_visits(&self, tables: &Unfiltered) -> Result<LogicalPlan> {
        let own = self.is_queue("queue").or(self.is_person("answered_by"));
        tables.rows(QUEUE_VISITS)?.filter(own)?.build()
    }

    /// A recording that no leg names is of the whole call, and nobody's part.
    fn recordings(&self, tables: &Unfiltered) -> Result<LogicalPlan> {
        let legs = LogicalPlanBuilder::from(self.legs(tables)?);
        tables.rows_of(RECORDINGS, legs, &["session", "leg"])?.build()
    }
}

fn is_any<'a>(column: &str, ids: impl Iterator<Item = &'a ExtensionId>) -> Expr {
    let ids: Vec<Expr> = ids.map(|id| lit(id.0.cast_signed())).collect();
    if ids.is_empty() { lit(false) } else { col(column).in_list(ids, false) }
}
