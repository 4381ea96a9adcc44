//! Reading Parquet files as one table.

use std::sync::Arc;

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::TableProvider;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{
    ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl,
};
use datafusion::prelude::{DataFrame, SessionContext, col};

use crate::manifest::File;
use crate::{Error, Place};

/// Files, each sorted by `started`, as a table; `None` if there are none.
pub(crate) fn table<'a>(
    context: &SessionContext,
    place: &Place,
    schema: &SchemaRef,
    files: impl IntoIterator<Item = &'a File>,
) -> Result<Option<Arc<dyn TableProvider>>, Error> {
    let urls = files.into_iter().map(|file| ListingTableUrl::parse(place.url(&file.path)));
    let urls: Vec<_> = urls.collect::<Result<_, _>>()?;
    if urls.is_empty() {
        return Ok(None);
    }
    let state = context.state();
    let format = ParquetFormat::default().with_options(state.default_table_options().parquet);
    let mut options = ListingOptions::new(Arc::new(format));
    if schema.field_with_name("started").is_ok() {
        options = options.with_file_sort_order(vec![vec![col("started").sort(true, true)]]);
    }
    let config = ListingTableConfig::new_with_multi_paths(urls)
        .with_listing_options(options)
        .with_schema(Arc::clone(schema));
    let statistics = context.runtime_env().cache_manager.get_file_statistic_cache();
    Ok(Some(Arc::new(ListingTable::try_new(config)?.with_cache(statistics))))
}

/// The same, to work with.
pub(crate) fn files<'a>(
    context: &SessionContext,
    place: &Place,
    schema: &SchemaRef,
    files: impl IntoIterator<Item = &'a File>,
) -> Result<Option<DataFrame>, Error> {
    let table = table(context, place, schema, files)?;
    Ok(table.map(|table| context.read_table(table)).transpose()?)
}
