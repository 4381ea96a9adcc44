//! How tables are written.

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::parquet::arrow::arrow_writer::ArrowWriterOptions;
use datafusion::parquet::arrow::{
    ARROW_SCHEMA_META_KEY as ARROW, ArrowWriter, encode_arrow_schema,
};
use datafusion::parquet::basic::{Compression, Encoding, ZstdLevel};
use datafusion::parquet::file::metadata::{KeyValue, SortingColumn};
use datafusion::parquet::file::properties::{WriterProperties, WriterVersion};
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
}

impl Writer {
    pub(crate) fn new(place: &Place, schema: SchemaRef) -> Result<Self, Error> {
        let options = ArrowWriterOptions::new()
            .with_properties(properties(&schema)?)
            .with_skip_arrow_metadata(true);
        let writer = ArrowWriter::try_new_with_options(place.aside()?, schema, options)?;
        Ok(Self { writer, rows: 0 })
    }

    pub(crate) fn write(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        self.rows += batch.num_rows() as u64;
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
        let (rows, aside) = (self.rows, self.writer.into_inner()?);
        if let Some(there) = there
            && place.has(&there.path, aside.path()).await?
        {
            return Ok(there.clone());
        }
        let path = format!("{folder}/{label}-{}.parquet", Uuid::new_v4().simple());
        let bytes = place.publish(&path, aside).await?;
        Ok(File { path, bytes, rows })
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
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?))
        .set_max_row_group_row_count(Some(GROUP_ROWS))
        .set_key_value_metadata(Some(vec![KeyValue::new(ARROW.to_owned(), types(schema))]));
    for (index, field) in schema.fields().iter().enumerate() {
        let path = ColumnPath::from(field.name().as_str());
        properties = match field.name().as_str() {
            "started" => {
                let sorted = SortingColumn {
                    column_idx: index as i32,
                    descending: false,
                    nulls_first: true,
                };
                properties
                    .set_sorting_columns(Some(vec![sorted]))
                    .set_column_dictionary_enabled(path.clone(), false)
                    .set_column_encoding(path, Encoding::DELTA_BINARY_PACKED)
            }
            "ended" | "answered_at" => properties
                .set_column_dictionary_enabled(path.clone(), false)
                .set_column_encoding(path, Encoding::DELTA_BINARY_PACKED),
            // Nearly every row has another.
            "session" | "call" | "recording" => {
                properties.set_column_dictionary_enabled(path, false)
            }
            "calls" => properties.set_column_dictionary_enabled(
                ColumnPath::new(["calls", "list", "item"].map(str::to_owned).to_vec()),
                false,
            ),
            // Asked for one at a time, among millions.
            "customer_number" => properties.set_column_bloom_filter_enabled(path, true),
            _ => properties,
        };
    }
    Ok(properties.build())
}
