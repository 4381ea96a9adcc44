//! Parquet, with types, and legs as lists.

use std::io::Write;
use std::sync::Arc;

use arrow_array::builder::{
    BooleanBuilder, Int64Builder, StringBuilder, TimestampMillisecondBuilder,
};
use arrow_array::{ArrayRef, ListArray, RecordBatch, StructArray};
use arrow_buffer::OffsetBuffer;
use arrow_schema::{DataType, Field, Fields, Schema, TimeUnit};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use crate::column::{COLUMNS, Column, Kind, LEG_COLUMNS};
use crate::format::Table;
use crate::row::Row;
use crate::{Cell, Error};

/// Rows that are encoded together.
const BATCH: usize = 1000;

/// Rows of a group, which is in memory, compressed, until it is written.
const GROUP: usize = 50_000;

pub(crate) struct ParquetTable<W: Write + Send> {
    out: ArrowWriter<W>,
    schema: Arc<Schema>,
    calls: Vec<Builder>,
    legs: Vec<Builder>,
    /// How many legs each call of the batch has.
    legs_of: Vec<usize>,
}

impl<W: Write + Send> ParquetTable<W> {
    pub(crate) fn new(out: W) -> Result<Self, Error> {
        let mut fields: Vec<Field> = COLUMNS.iter().map(field).collect();
        let legs = DataType::List(Arc::new(leg_field()));
        fields.push(Field::new("legs", legs, false));
        let schema = Arc::new(Schema::new(fields));
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_max_row_group_row_count(Some(GROUP))
            .build();
        let out = ArrowWriter::try_new(out, schema.clone(), Some(properties))?;
        let calls = COLUMNS.iter().map(|column| Builder::new(column.kind)).collect();
        let legs = LEG_COLUMNS.iter().map(|column| Builder::new(column.kind)).collect();
        Ok(Self { out, schema, calls, legs, legs_of: Vec::with_capacity(BATCH) })
    }

    fn write_batch(&mut self) -> Result<(), Error> {
        if self.legs_of.is_empty() {
            return Ok(());
        }
        let mut columns: Vec<ArrayRef> = self.calls.iter_mut().map(Builder::finish).collect();
        let legs = self.legs.iter_mut().map(Builder::finish).collect();
        let legs = StructArray::try_new(leg_fields(), legs, None)?;
        let offsets = OffsetBuffer::from_lengths(self.legs_of.drain(..));
        columns.push(Arc::new(ListArray::try_new(
            Arc::new(leg_field()),
            offsets,
            Arc::new(legs),
            None,
        )?));
        self.out.write(&RecordBatch::try_new(self.schema.clone(), columns)?)?;
        Ok(())
    }
}

impl<W: Write + Send> Table for ParquetTable<W> {
    type Out = W;

    fn write(&mut self, row: &Row) -> Result<(), Error> {
        for (builder, column) in self.calls.iter_mut().zip(&COLUMNS) {
            builder.append((column.of)(row));
        }
        let legs = row.legs();
        for leg in &legs {
            for (builder, column) in self.legs.iter_mut().zip(&LEG_COLUMNS) {
                builder.append((column.of)(leg));
            }
        }
        self.legs_of.push(legs.len());
        if self.legs_of.len() == BATCH { self.write_batch() } else { Ok(()) }
    }

    fn finish(mut self) -> Result<W, Error> {
        self.write_batch()?;
        Ok(self.out.into_inner()?)
    }
}

fn field<T>(column: &Column<T>) -> Field {
    let kind = match column.kind {
        Kind::Text => DataType::Utf8,
        Kind::Number => DataType::Int64,
        Kind::Moment => DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into())),
        Kind::Flag => DataType::Boolean,
    };
    Field::new(column.name, kind, true)
}

fn leg_fields() -> Fields {
    LEG_COLUMNS.iter().map(field).collect()
}

fn leg_field() -> Field {
    Field::new("element", DataType::Struct(leg_fields()), false)
}

/// The values of one column so far.
enum Builder {
    Text(StringBuilder),
    Number(Int64Builder),
    Moment(TimestampMillisecondBuilder),
    Flag(BooleanBuilder),
}

impl Builder {
    fn new(kind: Kind) -> Self {
        match kind {
            Kind::Text => Self::Text(StringBuilder::new()),
            Kind::Number => Self::Number(Int64Builder::new()),
            Kind::Moment => Self::Moment(TimestampMillisecondBuilder::new().with_timezone("UTC")),
            Kind::Flag => Self::Flag(BooleanBuilder::new()),
        }
    }

    /// A cell of another kind than the column's counts as empty.
    fn append(&mut self, cell: Cell<'_>) {
        match (self, cell) {
            (Self::Text(builder), Cell::Text(text) | Cell::Id(text)) => builder.append_value(text),
            (Self::Text(builder), _) => builder.append_null(),
            (Self::Number(builder), Cell::Number(number)) => builder.append_value(number),
            (Self::Number(builder), _) => builder.append_null(),
            (Self::Moment(builder), Cell::Moment(moment)) => builder.append_value(moment),
            (Self::Moment(builder), _) => builder.append_null(),
            (Self::Flag(builder), Cell::Flag(flag)) => builder.append_value(flag),
            (Self::Flag(builder), _) => builder.append_null(),
        }
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Text(builder) => Arc::new(builder.finish()),
            Self::Number(builder) => Arc::new(builder.finish()),
            Self::Moment(builder) => Arc::new(builder.finish()),
            Self::Flag(builder) => Arc::new(builder.finish()),
        }
    }
}
