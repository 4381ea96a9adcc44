//! `epoch_ms(moment)`, milliseconds since 1970-01-01T00:00:00Z, to tell how far moments are apart; and back, with
//! `make_timestamptz(us)`. As DuckDB has them.

use std::sync::Arc;

use datafusion::arrow::array::{AsArray as _, TimestampMillisecondArray};
use datafusion::arrow::datatypes::{DataType, Int64Type, TimeUnit, TimestampMillisecondType};
use datafusion::common::Result;
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionImplementation, ScalarUDF, Volatility, create_udf,
};

/// The functions, to register.
pub(crate) fn functions() -> [ScalarUDF; 2] {
    let moment = DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into()));
    let since = |given: &[ColumnarValue]| -> Result<ColumnarValue> {
        let moments = ColumnarValue::values_to_arrays(given)?.swap_remove(0);
        let moments = moments.as_primitive::<TimestampMillisecondType>();
        Ok(ColumnarValue::Array(Arc::new(moments.reinterpret_cast::<Int64Type>())))
    };
    let at = |given: &[ColumnarValue]| -> Result<ColumnarValue> {
        let micros = ColumnarValue::values_to_arrays(given)?.swap_remove(0);
        let moments: TimestampMillisecondArray =
            micros.as_primitive::<Int64Type>().unary(|micros| micros.div_euclid(1_000));
        Ok(ColumnarValue::Array(Arc::new(moments.with_timezone("UTC"))))
    };
    let function = |name, from: &DataType, to: &DataType, answer: ScalarFunctionImplementation| {
        create_udf(name, vec![from.clone()], to.clone(), Volatility::Immutable, answer)
    };
    [
        function("epoch_ms", &moment, &DataType::Int64, Arc::new(since)),
        function("make_timestamptz", &DataType::Int64, &moment, Arc::new(at)),
    ]
}
