//! Functions of reports, for SQL.

use std::sync::Arc;

use datafusion::arrow::array::{Array as _, AsArray as _, Float64Array};
use datafusion::arrow::datatypes::{DataType, Float64Type};
use datafusion::common::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, Volatility, create_udf};

use crate::erlang::Load;

/// `erlang_c_probability`, `_wait`, `_occupancy` (calls, interval_s, handle_s, agents), `erlang_c_level` (…, agents,
/// target_s) and `erlang_c_agents` (calls, interval_s, handle_s, target_s, level). What is not there gives nothing.
#[must_use]
pub fn functions() -> Vec<ScalarUDF> {
    vec![
        function("erlang_c_probability", |load, [agents]| load.probability(agents)),
        function("erlang_c_wait", |load, [agents]| load.wait_s(agents)),
        function("erlang_c_occupancy", |load, [agents]| load.occupancy(agents)),
        function("erlang_c_level", |load, [agents, target_s]| load.level(agents, target_s)),
        function("erlang_c_agents", |load, [target_s, level]| load.agents(target_s, level)),
    ]
}

/// A function of a load and `N` more numbers.
fn function<const N: usize>(name: &str, compute: fn(Load, [f64; N]) -> f64) -> ScalarUDF {
    let answer = move |given: &[ColumnarValue]| -> Result<ColumnarValue> {
        let columns = ColumnarValue::values_to_arrays(given)?;
        let columns: Vec<_> =
            columns.iter().map(|column| column.as_primitive::<Float64Type>()).collect();
        let rows = columns.first().map_or(0, |column| column.len());
        let value =
            |column: &Float64Array, row: usize| column.is_valid(row).then(|| column.value(row));
        let row = |row: usize| {
            let [calls, interval_s, handle_s] = [0, 1, 2].map(|place| value(columns[place], row));
            let load = Load { calls: calls?, interval_s: interval_s?, handle_s: handle_s? };
            let mut more = [0.0; N];
            for (place, more) in more.iter_mut().enumerate() {
                *more = value(columns[3 + place], row)?;
            }
            Some(compute(load, more))
        };
        let answers: Float64Array = (0..rows).map(row).collect();
        Ok(ColumnarValue::Array(Arc::new(answers)))
    };
    let takes = vec![DataType::Float64; 3 + N];
    create_udf(name, takes, DataType::Float64, Volatility::Immutable, Arc::new(answer))
}
