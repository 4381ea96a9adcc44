//! Views that nobody can look behind.
//!
//! A plain view becomes part of the question's plan, where a question's own conditions are moved as near to the files as
//! they can be. There they would meet rows that the view leaves out, and the error of `CAST(customer_name AS BIGINT)`
//! would quote one; `EXPLAIN` and the statistics that `count(*)` is answered from would tell of them as well. So a
//! view that hides rows is planned by itself, and the question's plan has a leaf in its place.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::datasource::{TableType, ViewTable};
use datafusion::error::Result;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{Operator, TableProviderFilterPushDown};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_plan::execution_plan::reset_plan_states;
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties, ReplaceChildrenOptions,
};
use datafusion::prelude::Expr;

const COMPARISONS: [Operator; 8] = [
    Operator::And,
    Operator::Or,
    Operator::Eq,
    Operator::NotEq,
    Operator::Lt,
    Operator::LtEq,
    Operator::Gt,
    Operator::GtEq,
];

/// A view that is planned by itself.
#[derive(Debug)]
pub(crate) struct Seen(pub(crate) ViewTable);

#[async_trait]
impl TableProvider for Seen {
    fn schema(&self) -> SchemaRef {
        self.0.schema()
    }

    fn table_type(&self) -> TableType {
        TableType::View
    }

    /// What can only be true or false may be asked of hidden rows, too: files without such rows are not read then.
    fn supports_filters_pushdown(
        &self,
        filters: &[&Expr],
    ) -> Result<Vec<TableProviderFilterPushDown>> {
        let of = |filter: &&Expr| match is_harmless(filter) {
            true => TableProviderFilterPushDown::Exact,
            false => TableProviderFilterPushDown::Unsupported,
        };
        Ok(filters.iter().map(of).collect())
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(Arc::new(Sealed(self.0.scan(state, projection, filters, limit).await?)))
    }
}

/// Whether a condition has no way to fail: comparisons of columns and values of one type.
fn is_harmless(condition: &Expr) -> bool {
    match condition {
        Expr::Column(_) | Expr::Literal(..) => true,
        Expr::Not(of) | Expr::IsNull(of) | Expr::IsNotNull(of) => is_harmless(of),
        Expr::Between(of) => [&of.expr, &of.low, &of.high].into_iter().all(|of| is_harmless(of)),
        Expr::InList(of) => is_harmless(&of.expr) && of.list.iter().all(is_harmless),
        Expr::BinaryExpr(of) => {
            COMPARISONS.contains(&of.op) && is_harmless(&of.left) && is_harmless(&of.right)
        }
        _ => false,
    }
}

/// A plan that shows nothing of itself but its rows.
struct Sealed(Arc<dyn ExecutionPlan>);

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealed")
    }
}

impl DisplayAs for Sealed {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealedExec: rows that may be seen")
    }
}

impl ExecutionPlan for Sealed {
    fn name(&self) -> &'static str {
        "SealedExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        self.0.properties()
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        Vec::new()
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn replace_children(
        self: Arc<Self>,
        _: Vec<Arc<dyn ExecutionPlan>>,
        _: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    fn with_new_children(
        self: Arc<Self>,
        _: Vec<Arc<dyn ExecutionPlan>>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    /// A recursive question executes it again.
    fn reset_state(self: Arc<Self>) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(Arc::new(Self(reset_plan_states(Arc::clone(&self.0))?)))
    }

    fn execute(
        &self,
        partition: usize,
        context: Arc<TaskContext>,
    ) -> Result<SendableRecordBatchStream> {
        self.0.execute(partition, context)
    }
}
