//! `is_open(queue, moment)`: whether a queue was open at a moment; without hours of its own, or without a queue,
//! whether the company was.

use std::sync::Arc;

use callbook_interaction::Company as _;
use callbook_model::ExtensionId;
use datafusion::arrow::array::{AsArray as _, BooleanArray};
use datafusion::arrow::datatypes::{DataType, Int64Type, TimeUnit, TimestampMillisecondType};
use datafusion::common::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, Volatility, create_udf};
use jiff::Timestamp;

use crate::directory::Directory;

/// The function, to register. What is not known is `NULL`.
pub(crate) fn function(directory: &Arc<Directory>) -> ScalarUDF {
    let directory = Arc::clone(directory);
    let answer = move |given: &[ColumnarValue]| -> Result<ColumnarValue> {
        let given = ColumnarValue::values_to_arrays(given)?;
        let queues = given[0].as_primitive::<Int64Type>().iter();
        let moments = given[1].as_primitive::<TimestampMillisecondType>().iter();
        let open: BooleanArray =
            queues.zip(moments).map(|(queue, ms)| is_open(&directory, queue, ms?)).collect();
        Ok(ColumnarValue::Array(Arc::new(open)))
    };
    let moment = DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into()));
    let types = vec![DataType::Int64, moment];
    create_udf("is_open", types, DataType::Boolean, Volatility::Immutable, Arc::new(answer))
}

fn is_open(directory: &Directory, queue: Option<i64>, ms: i64) -> Option<bool> {
    let at = Timestamp::from_millisecond(ms).ok()?;
    let own = queue.and_then(|queue| directory.hours(Some(ExtensionId(queue as u64)), at));
    let hours = own.or_else(|| directory.hours(None, at))?;
    Some(hours.is_open(at))
}
