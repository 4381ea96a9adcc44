//! `local(moment, zone)`: what the clock on the wall shows at a moment.

use std::sync::Arc;

use datafusion::arrow::array::{
    Array as _, ArrayRef, AsArray as _, TimestampMillisecondArray, TimestampMillisecondBuilder,
};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, TimeUnit, TimestampMillisecondType};
use datafusion::common::{Result, ScalarValue, exec_datafusion_err, plan_err};
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use jiff::Timestamp;
use jiff::tz::TimeZone;

const MOMENT: DataType = DataType::Timestamp(TimeUnit::Millisecond, None);

/// The function, to register.
pub(crate) fn function() -> ScalarUDF {
    ScalarUDF::from(Local { signature: Signature::user_defined(Volatility::Immutable) })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Local {
    signature: Signature,
}

impl ScalarUDFImpl for Local {
    fn name(&self) -> &str {
        "local"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        match types {
            [DataType::Timestamp(..) | DataType::Null, zone] if is_text(zone) => {
                let utc = DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into()));
                Ok(vec![utc, DataType::Utf8])
            }
            _ => plan_err!(
                "local takes a moment and the name of a time zone, such as 'Europe/Berlin'"
            ),
        }
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(MOMENT)
    }

    fn invoke_with_args(&self, given: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [moments, zones] = <[ColumnarValue; 2]>::try_from(given.args)
            .map_err(|_| exec_datafusion_err!("local takes two things"))?;
        let alone =
            matches!((&moments, &zones), (ColumnarValue::Scalar(_), ColumnarValue::Scalar(_)));
        let moments = moments.into_array(if alone { 1 } else { given.number_rows })?;
        let shown = match zones {
            ColumnarValue::Scalar(zone) => at_one(&moments, &zone)?,
            ColumnarValue::Array(zones) => at_each(&moments, &zones)?,
        };
        Ok(match alone {
            true => ColumnarValue::Scalar(ScalarValue::try_from_array(&shown, 0)?),
            false => ColumnarValue::Array(shown),
        })
    }
}

fn is_text(of: &DataType) -> bool {
    matches!(of, DataType::Utf8 | DataType::Utf8View | DataType::LargeUtf8 | DataType::Null)
}

fn at_one(moments: &ArrayRef, zone: &ScalarValue) -> Result<ArrayRef> {
    let moments = moments.as_primitive::<TimestampMillisecondType>();
    let Some(Some(name)) = zone.try_as_str() else {
        return cast(&TimestampMillisecondArray::new_null(moments.len()), &MOMENT)
            .map_err(Into::into);
    };
    let mut clock = Clock::of(name)?;
    let shown = moments.values().iter().map(|ms| clock.shows(*ms)).collect::<Vec<_>>();
    Ok(Arc::new(TimestampMillisecondArray::new(shown.into(), moments.nulls().cloned())))
}

fn at_each(moments: &ArrayRef, zones: &ArrayRef) -> Result<ArrayRef> {
    let moments = moments.as_primitive::<TimestampMillisecondType>();
    let mut shown = TimestampMillisecondBuilder::with_capacity(moments.len());
    let mut clock: Option<(String, Clock)> = None;
    for (ms, zone) in moments.iter().zip(zones.as_string::<i32>()) {
        let (Some(ms), Some(zone)) = (ms, zone) else {
            shown.append_null();
            continue;
        };
        if clock.as_ref().is_none_or(|(name, _)| name != zone) {
            clock = Some((zone.to_owned(), Clock::of(zone)?));
        }
        shown.append_option(clock.as_mut().map(|(_, clock)| clock.shows(ms)));
    }
    Ok(Arc::new(shown.finish()))
}

/// A zone's clock, which remembers what it was last asked for: rows come in the order of time.
struct Clock {
    zone: TimeZone,
    from_ms: i64,
    to_ms: i64,
    offset_ms: i64,
}

impl Clock {
    fn of(name: &str) -> Result<Self> {
        let zone = TimeZone::get(name).map_err(|_| {
            exec_datafusion_err!("there is no time zone {name:?}; an example is 'Europe/Berlin'")
        })?;
        Ok(Self { zone, from_ms: 0, to_ms: 0, offset_ms: 0 })
    }

    /// UTC milliseconds as milliseconds of the wall clock.
    fn shows(&mut self, ms: i64) -> i64 {
        if !(self.from_ms..self.to_ms).contains(&ms) {
            self.look_up(ms);
        }
        ms + self.offset_ms
    }

    fn look_up(&mut self, ms: i64) {
        let at = Timestamp::from_millisecond(ms).unwrap_or(Timestamp::MAX);
        let next = self.zone.following(at).next();
        self.offset_ms = i64::from(self.zone.to_offset(at).seconds()) * 1000;
        self.from_ms = ms;
        self.to_ms = next.map_or(i64::MAX, |next| next.timestamp().as_millisecond());
    }
}
