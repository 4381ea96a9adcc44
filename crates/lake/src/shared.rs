//! Sums that a question names more than once are computed once.
//!
//! DataFusion puts a `WITH` into the plan wherever it is named, and would read the files each time. Only sums are kept, which are
//! fewer than the rows they are of; and only as long as they are small, for unlike a computation they cannot go to the disk.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::common::tree_node::{Transformed, TreeNode as _, TreeNodeRecursion};
use datafusion::datasource::{MemTable, provider_as_source, source_as_provider};
use datafusion::error::Result;
use datafusion::execution::SessionState;
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryReservation};
use datafusion::logical_expr::{LogicalPlan, LogicalPlanBuilder, SubqueryAlias};
use datafusion::prelude::DataFrame;
use futures_util::TryStreamExt as _;

/// A question with what it shares in memory, and the hold on that memory.
pub(crate) struct Shared {
    pub(crate) question: DataFrame,
    pub(crate) held: Vec<MemoryReservation>,
}

/// A plan, and what it reads: DataFusion takes plans for equal that read different things by one name, such as
/// `generate_series()` of other numbers.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Named {
    plan: Arc<LogicalPlan>,
    /// Addresses of tables, which live as long as the plan.
    tables: Vec<usize>,
}

impl Named {
    fn of(plan: &Arc<LogicalPlan>) -> Result<Self> {
        let mut tables = Vec::new();
        plan.apply_with_subqueries(|node| {
            if let LogicalPlan::TableScan(scan) = node {
                let table = source_as_provider(&scan.source)?;
                tables.push(Arc::as_ptr(&table).cast::<()>().addr());
            }
            Ok(TreeNodeRecursion::Continue)
        })?;
        Ok(Self { plan: Arc::clone(plan), tables })
    }
}

/// Computes what a question names more than once, up to so many bytes each.
pub(crate) async fn computed(question: DataFrame, most_bytes: usize) -> Result<Shared> {
    let (state, mut plan) = question.into_parts();
    let mut held = Vec::new();
    for shared in repeated(&plan)? {
        if let Some((rows, memory)) = rows(&state, &shared.plan, most_bytes).await? {
            plan = with_rows(plan, &shared, rows)?;
            held.push(memory);
        }
    }
    Ok(Shared { question: DataFrame::new(state, plan), held })
}

/// The outermost sums that have a name and occur more than once.
fn repeated(plan: &LogicalPlan) -> Result<Vec<Named>> {
    let mut repeated = Vec::new();
    // It is asked how it would be answered, which takes no time.
    if matches!(plan, LogicalPlan::Explain(_)) {
        return Ok(repeated);
    }
    let mut times: HashMap<Named, usize> = HashMap::new();
    plan.apply_with_subqueries(|node| match node {
        // What it names may be its own last rows, which are others each time.
        LogicalPlan::RecursiveQuery(_) => Ok(TreeNodeRecursion::Jump),
        LogicalPlan::SubqueryAlias(named) => {
            *times.entry(Named::of(&named.input)?).or_default() += 1;
            Ok(TreeNodeRecursion::Continue)
        }
        _ => Ok(TreeNodeRecursion::Continue),
    })?;
    times.retain(|named, times| *times > 1 && is_sum(&named.plan));
    plan.apply_with_subqueries(|node| match node {
        LogicalPlan::RecursiveQuery(_) => Ok(TreeNodeRecursion::Jump),
        LogicalPlan::SubqueryAlias(named) => {
            let named = Named::of(&named.input)?;
            if !times.contains_key(&named) {
                return Ok(TreeNodeRecursion::Continue);
            }
            if !repeated.contains(&named) {
                repeated.push(named);
            }
            Ok(TreeNodeRecursion::Jump)
        }
        _ => Ok(TreeNodeRecursion::Continue),
    })?;
    Ok(repeated)
}

/// Whether rows are added up, and nothing of the question around them is needed for it.
fn is_sum(plan: &LogicalPlan) -> bool {
    let is_aggregate = |node: &LogicalPlan| Ok(matches!(node, LogicalPlan::Aggregate(_)));
    plan.all_out_ref_exprs().is_empty() && plan.exists(is_aggregate).unwrap_or(false)
}

/// The rows of a plan; `None` if they are too many.
async fn rows(
    state: &SessionState,
    plan: &LogicalPlan,
    most_bytes: usize,
) -> Result<Option<(MemTable, MemoryReservation)>> {
    let memory = MemoryConsumer::new("shared").register(&state.runtime_env().memory_pool);
    let mut answer = DataFrame::new(state.clone(), plan.clone()).execute_stream().await?;
    let mut rows = Vec::new();
    while let Some(batch) = answer.try_next().await? {
        let bytes = batch.get_array_memory_size();
        if memory.size() + bytes > most_bytes || memory.try_grow(bytes).is_err() {
            return Ok(None);
        }
        rows.push(batch);
    }
    // Not as the plan has it: types that do not agree are made to when it is executed.
    let schema = answer.schema();
    Ok(Some((MemTable::try_new(schema, vec![rows])?, memory)))
}

/// The plan with rows in the place of how they are computed.
fn with_rows(plan: LogicalPlan, shared: &Named, rows: MemTable) -> Result<LogicalPlan> {
    let rows = LogicalPlanBuilder::scan("shared", provider_as_source(Arc::new(rows)), None)?;
    let rows = Arc::new(rows.build()?);
    let replaced = plan.transform_down_with_subqueries(|node| match node {
        LogicalPlan::RecursiveQuery(_) => {
            Ok(Transformed::new(node, false, TreeNodeRecursion::Jump))
        }
        LogicalPlan::SubqueryAlias(named) if Named::of(&named.input)? == *shared => {
            let named = SubqueryAlias::try_new(Arc::clone(&rows), named.alias)?;
            let named = LogicalPlan::SubqueryAlias(named);
            Ok(Transformed::new(named, true, TreeNodeRecursion::Jump))
        }
        other => Ok(Transformed::no(other)),
    });
    Ok(replaced?.data)
}
