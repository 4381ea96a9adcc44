//! Questions about little, for which files are read in another way.
//!
//! Conditions can be checked while files are read: columns that come after are decoded only where a row is wanted.
//! That is six times as fast where hardly any is, and slower by half where most are.

use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::logical_expr::utils::split_conjunction;
use datafusion::logical_expr::{Expr, LogicalPlan, Operator};
use datafusion::prelude::DataFrame;

/// Columns of which one value has few of all rows.
const RARE: [&str; 4] = ["session", "customer_number", "caller_number", "called_number"];

/// Rows that are looked at at a time: more take more time here, where few are left of them.
const BATCH_ROWS: usize = 8 << 10;

/// The same question, planned for few rows if it asks for few.
pub(crate) fn planned(question: DataFrame) -> DataFrame {
    if !is_narrow(question.logical_plan()) {
        return question;
    }
    let (mut state, plan) = question.into_parts();
    let mut config = state.config().clone().with_batch_size(BATCH_ROWS);
    let parquet = &mut config.options_mut().execution.parquet;
    parquet.pushdown_filters = true;
    parquet.reorder_filters = true;
    *state.config_mut() = config;
    DataFrame::new(state, plan)
}

fn is_narrow(plan: &LogicalPlan) -> bool {
    let mut found = false;
    let looked = plan.apply_with_subqueries(|node| {
        if let LogicalPlan::Filter(filter) = node {
            found |= split_conjunction(&filter.predicate).into_iter().any(names_one);
        }
        Ok(if found { TreeNodeRecursion::Stop } else { TreeNodeRecursion::Continue })
    });
    looked.is_ok() && found
}

fn names_one(condition: &Expr) -> bool {
    let Expr::BinaryExpr(of) = condition else { return false };
    let is_rare =
        |side: &Expr| matches!(side, Expr::Column(of) if RARE.contains(&of.name.as_str()));
    let is_value = |side: &Expr| matches!(side, Expr::Literal(..));
    of.op == Operator::Eq
        && ((is_rare(&of.left) && is_value(&of.right))
            || (is_value(&of.left) && is_rare(&of.right)))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use datafusion::arrow::array::RecordBatch;
    use datafusion::arrow::datatypes::{DataType, Field, Schema};
    use datafusion::common::ScalarValue;
    use datafusion::prelude::SessionContext;

    use super::*;

    async fn is_asked(sql: &str) -> bool {
        let context = SessionContext::new();
        let fields = ["customer_number", "direction"]
            .map(|name| Field::new(name, DataType::Utf8View, true))
            .to_vec();
        let none = RecordBatch::new_empty(Arc::new(Schema::new(fields)));
        context.register_batch("interactions", none).unwrap();
        let number = ScalarValue::Utf8(Some("+16505550112".to_owned()));
        let question = context.sql(sql).await.unwrap();
        is_narrow(question.with_param_values(vec![("number", number)]).unwrap().logical_plan())
    }

    #[tokio::test]
    async fn one_number_is_narrow() {
        let of = "SELECT * FROM interactions WHERE direction = 'inbound' AND";
        assert!(is_asked(&format!("{of} customer_number = $number")).await);
        assert!(
            is_asked(&format!(
                "WITH calls AS ({of} $number = customer_number) SELECT * FROM calls"
            ))
            .await
        );
    }

    #[tokio::test]
    async fn most_rows_are_not() {
        let of = "SELECT * FROM interactions WHERE";
        assert!(!is_asked(&format!("{of} direction = 'inbound'")).await);
        assert!(!is_asked(&format!("{of} $number IS NULL OR customer_number = $number")).await);
        assert!(!is_asked(&format!("{of} customer_number <> $number")).await);
    }
}
