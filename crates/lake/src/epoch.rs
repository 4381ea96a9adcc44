//! `epoch_ms(moment)`: milliseconds since 1970-01-01T00:00:00Z, as DuckDB has it, to tell how far moments are apart.

use std::sync::Arc;

use datafusion::arrow::array::AsArray as _;
use datafusion::arrow::datatypes::{DataType, Int64Type, TimeUnit, TimestampMillisecondType};
use datafusion::common::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, Volatility, create_udf};

/// The function, to register.
pub(crate) fn function() -> ScalarUDF {
    let moment = DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into()));
    let answer = |given: &[ColumnarValue]| -> Result<ColumnarValue> {
        let moments = ColumnarValue::values_to_arrays(given)?.swap_remove(0);
        let moments = moments.as_primitive::<TimestampMillisecondType>();
        Ok(ColumnarValue::Array(Arc::new(moments.reinterpret_cast::<Int64Type>())))
    };
    create_udf("epoch_ms", vec![moment], DataType::Int64, Volatility::Immutable, Arc::new(answer))
}
