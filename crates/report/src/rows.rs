//! Rows of an answer, value by value.

use callbook_exchange::Cell;
use datafusion::arrow::array::{Array, ArrayRef, AsArray as _, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{
    DataType, Float64Type, Int64Type, Schema, TimeUnit, TimestampMillisecondType,
};
use datafusion::arrow::util::display::array_value_to_string;

use crate::Error;

/// A column of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name, with its unit.
    pub name: String,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    Float,
    Decimal,
    Moment,
    Clock,
    Flag,
    /// As Arrow shows it.
    Other,
}

/// Some rows of an answer.
pub struct Rows {
    kinds: Vec<Kind>,
    columns: Vec<ArrayRef>,
    count: usize,
}

impl Column {
    /// The columns of an answer.
    #[must_use]
    pub fn all(schema: &Schema) -> Vec<Self> {
        let column = |(name, of): (&String, &DataType)| Self { name: name.clone(), kind: kind(of) };
        schema.fields().iter().map(|field| column((field.name(), field.data_type()))).collect()
    }

    /// Whether its values are numbers, which belong to the right.
    #[must_use]
    pub fn is_number(&self) -> bool {
        matches!(self.kind, Kind::Number | Kind::Float | Kind::Decimal)
    }

    /// How many characters a spreadsheet's column needs.
    pub(crate) fn width(&self) -> f64 {
        match self.kind {
            Kind::Moment | Kind::Clock => 19.0,
            Kind::Number | Kind::Float | Kind::Decimal | Kind::Flag => 12.0,
            Kind::Text | Kind::Other => 18.0,
        }
    }
}

fn kind(of: &DataType) -> Kind {
    match of {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Kind::Text,
        DataType::Dictionary(_, of) => kind(of),
        of if of.is_integer() && *of != DataType::UInt64 => Kind::Number,
        of if of.is_floating() => Kind::Float,
        of if of.is_decimal() => Kind::Decimal,
        DataType::UInt64 => Kind::Decimal,
        DataType::Timestamp(_, Some(_)) => Kind::Moment,
        DataType::Timestamp(_, None) | DataType::Date32 | DataType::Date64 => Kind::Clock,
        DataType::Boolean => Kind::Flag,
        _ => Kind::Other,
    }
}

impl Rows {
    /// Of a batch.
    ///
    /// # Errors
    /// When a column is of a type that Arrow cannot show.
    pub fn of(batch: &RecordBatch) -> Result<Self, Error> {
        let kinds: Vec<Kind> =
            batch.schema().fields().iter().map(|field| kind(field.data_type())).collect();
        let columns = kinds.iter().zip(batch.columns());
        let columns = columns.map(|(kind, column)| same(column, *kind));
        let columns = columns.collect::<Result<_, _>>()?;
        Ok(Self { kinds, columns, count: batch.num_rows() })
    }

    /// How many rows.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// The values of a row.
    pub fn row(&self, row: usize) -> impl Iterator<Item = Cell<'_>> {
        (0..self.columns.len()).map(move |column| self.cell(row, column))
    }

    /// One value.
    #[must_use]
    pub fn cell(&self, row: usize, column: usize) -> Cell<'_> {
        let values = &self.columns[column];
        if values.is_null(row) {
            return Cell::Empty;
        }
        match self.kinds[column] {
            Kind::Text => Cell::Text(values.as_string_view().value(row).into()),
            Kind::Number => Cell::Number(values.as_primitive::<Int64Type>().value(row)),
            Kind::Float => Cell::Float(values.as_primitive::<Float64Type>().value(row)),
            Kind::Moment => {
                Cell::Moment(values.as_primitive::<TimestampMillisecondType>().value(row))
            }
            Kind::Clock => {
                Cell::Clock(values.as_primitive::<TimestampMillisecondType>().value(row))
            }
            Kind::Flag => Cell::Flag(values.as_boolean().value(row)),
            Kind::Decimal => Cell::Decimal(shown(values, row)),
            Kind::Other => Cell::Text(shown(values, row).into()),
        }
    }
}

/// Columns of one kind have one type.
fn same(column: &ArrayRef, kind: Kind) -> Result<ArrayRef, Error> {
    let to = match kind {
        Kind::Text => DataType::Utf8View,
        Kind::Number => DataType::Int64,
        Kind::Float => DataType::Float64,
        Kind::Moment => DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into())),
        Kind::Clock => DataType::Timestamp(TimeUnit::Millisecond, None),
        Kind::Flag | Kind::Decimal | Kind::Other => return Ok(column.clone()),
    };
    Ok(cast(column, &to)?)
}

fn shown(values: &dyn Array, row: usize) -> String {
    array_value_to_string(values, row).unwrap_or_default()
}
