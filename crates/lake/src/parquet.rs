//! How tables are written.

use datafusion::arrow::array::{AsArray as _, RecordBatch};
use datafusion::arrow::datatypes::{DataType, Field, SchemaRef, TimestampMillisecondType};
use datafusion::parquet::arrow::arrow_writer::ArrowWriterOptions;
use datafusion::parquet::arrow::{
    ARROW_SCHEMA_META_KEY as ARROW, ArrowWriter, encode_arrow_schema,
};
use datafusion::parquet::basic::{Compression, Encoding, ZstdLevel};
use datafusion::parquet::file::metadata::{KeyValue, SortingColumn};
use datafusion::parquet::file::properties::{
    WriterProperties, WriterPropertiesBuilder, WriterVersion,
};
use datafusion::parquet::schema::types::ColumnPath;
use tempfile::NamedTempFile;
use uuid::Uuid;

use crate::manifest::File;
use crate::table::retyped;
use crate::{Error, Place};

/// Rows of a group: few enough that a month has several, which questions about some days can skip.
const GROUP_ROWS: usize = 128 << 10;

/// A Parquet file while it is written.
pub(crate) struct Writer {
    writer: ArrowWriter<NamedTempFile>,
    rows: u64,
    span: Option<(i64, i64)>,
}

impl Writer {
    pub(crate) fn new(place: &Place, schema: SchemaRef) -> Result<Self, Error> {
        let options = ArrowWriterOptions::new()
            .with_properties(properties(&schema)?)
            .with_skip_arrow_metadata(true);
        let writer = ArrowWriter::try_new_with_options(place.aside()?, schema, options)?;
        Ok(Self { writer, rows: 0, span: None })
    }

    pub(crate) fn write(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        self.rows += batch.num_rows() as u64;
        if let Some(starts) = batch.column_by_name("started") {
            for ms in starts.as_primitive::<TimestampMillisecondType>().values() {
                let span = self.span.get_or_insert((*ms, *ms));
                *span = (span.0.min(*ms), span.1.max(*ms));
            }
        }
        Ok(self.writer.write(batch)?)
    }

    /// How many rows there are so far.
    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    /// Ends the file and gives it a name below a folder; or leaves the one that is there if it is the same.
    pub(crate) async fn publish(
        self,
        place: &Place,
        (folder, label): (&str, &str),
        there: Option<&File>,
    ) -> Result<File, Error> {
        let Self { writer, rows, span: span_ms } = self;
        let aside = writer.into_inner()?;
        if let Some(there) = there
            && place.has(&there.path, aside.path()).await?
        {
            return Ok(there.clone());
        }
        let path = format!("{folder}/{label}-{}.parquet", Uuid::new_v4().simple());
        let bytes = place.publish(&path, aside).await?;
        Ok(File { path, bytes, rows, span_ms })
    }
}

/// Arrow's types, for readers that know them: which columns are words by their numbers. Texts are common ones; not all
/// readers know views of texts.
fn types(schema: &SchemaRef) -> String {
    encode_arrow_schema(&retyped(schema, |of| *of == DataType::Utf8View, &DataType::Utf8))
}

fn properties(schema: &SchemaRef) -> Result<WriterProperties, Error> {
    let mut properties = WriterProperties::builder()
        .set_writer_version(WriterVersion::PARQUET_1_0)
        // Higher levels make ids longer, for they are nearly random, and take more time to read.
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?))
        .set_max_row_group_row_count(Some(GROUP_ROWS))
        .set_key_value_metadata(Some(vec![KeyValue::new(ARROW.to_owned(), types(schema))]));
    if let Some((index, _)) = schema.column_with_name("started") {
        let sorted =
            SortingColumn { column_idx: index as i32, descending: false, nulls_first: true };
        properties = properties.set_sorting_columns(Some(vec![sorted]));
    }
    for field in schema.fields() {
        properties = column(properties, field);
    }
    Ok(properties.build())
}

fn column(properties: WriterPropertiesBuilder, field: &Field) -> WriterPropertiesBuilder {
    let name = field.name().as_str();
    let path = ColumnPath::from(name);
    match (name, field.data_type()) {
        (_, DataType::Utf8) => ids(properties, path),
        ("calls", _) => {
            ids(properties, ColumnPath::new(["calls", "list", "item"].map(str::to_owned).to_vec()))
        }
        // Asked for one at a time, among millions.
        ("customer_number", _) => properties
            .set_column_bloom_filter_enabled(path.clone(), true)
            .set_column_compression(path, Compression::UNCOMPRESSED),
        ("customer_name" | "company_number", _) => {
            properties.set_column_compression(path, Compression::UNCOMPRESSED)
        }
        // Their bits are as few as they can be: compressed they would take as much room, and more time.
        (name, of) if name.ends_with("_ms") || matches!(of, DataType::Timestamp(..)) => properties
            .set_column_dictionary_enabled(path.clone(), false)
            .set_column_encoding(path.clone(), Encoding::DELTA_BINARY_PACKED)
            .set_column_compression(path, Compression::UNCOMPRESSED),
        // Numbers of a few values, of some bits each.
        (_, DataType::Int64 | DataType::Boolean | DataType::Dictionary(..)) => {
            properties.set_column_compression(path, Compression::UNCOMPRESSED)
        }
        _ => properties,
    }
}

/// Nearly every row has another: without their lengths between them they are read in two thirds of the time.
fn ids(properties: WriterPropertiesBuilder, path: ColumnPath) -> WriterPropertiesBuilder {
    properties
        .set_column_dictionary_enabled(path.clone(), false)
        .set_column_encoding(path, Encoding::DELTA_LENGTH_BYTE_ARRAY)
}
