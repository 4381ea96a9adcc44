//! Reading Parquet files as one table.
//!
//! Nearly all questions are about a period. Files without rows of it are not opened, and those with no other rows are read without
//! asking each row when it began: that column is one of the longest.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{DFSchema, ScalarValue};
use datafusion::datasource::TableType;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{
    ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl,
};
use datafusion::error::Result;
use datafusion::logical_expr::utils::conjunction;
use datafusion::logical_expr::{Operator, TableProviderFilterPushDown};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;
use datafusion::physical_plan::filter::FilterExecBuilder;
use datafusion::physical_plan::union::UnionExec;
use datafusion::prelude::{DataFrame, Expr, SessionContext, col};

use crate::manifest::File;
use crate::{Error, Place};

/// Rows are in its order, in each file.
const STARTED: &str = "started";

/// Files, each sorted by `started`, as a table; `None` if there are none.
pub(crate) fn table<'a>(
    context: &SessionContext,
    place: &Place,
    schema: &SchemaRef,
    files: impl IntoIterator<Item = &'a File>,
) -> Result<Option<Arc<dyn TableProvider>>, Error> {
    let files = files.into_iter().map(|file| -> Result<_, Error> {
        Ok(Timed { span_ms: file.span_ms, url: ListingTableUrl::parse(place.url(&file.path))? })
    });
    let files: Vec<_> = files.collect::<Result<_, _>>()?;
    if files.is_empty() {
        return Ok(None);
    }
    let state = context.state();
    let format = ParquetFormat::default().with_options(state.default_table_options().parquet);
    let options = ListingOptions::new(Arc::new(format))
        .with_file_sort_order(vec![vec![col(STARTED).sort(true, true)]]);
    Ok(Some(Arc::new(Files { schema: Arc::clone(schema), files, options })))
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

#[derive(Debug)]
struct Files {
    schema: SchemaRef,
    files: Vec<Timed>,
    options: ListingOptions,
}

/// A file, and its first and last row's `started`.
#[derive(Debug)]
struct Timed {
    span_ms: Option<(i64, i64)>,
    url: ListingTableUrl,
}

#[async_trait]
impl TableProvider for Files {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(
        &self,
        filters: &[&Expr],
    ) -> Result<Vec<TableProviderFilterPushDown>> {
        let of = |filter: &&Expr| match Period::of(filter) {
            Some(_) => TableProviderFilterPushDown::Exact,
            None => TableProviderFilterPushDown::Inexact,
        };
        Ok(filters.iter().map(of).collect())
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let (asked, others): (Vec<_>, Vec<_>) =
            filters.iter().cloned().partition(|filter| Period::of(filter).is_some());
        let period = asked.iter().filter_map(Period::of).fold(Period::ALL, Period::and);
        let columns =
            projection.cloned().unwrap_or_else(|| (0..self.schema.fields().len()).collect());
        let (inside, across): (Vec<_>, Vec<_>) = self
            .files
            .iter()
            .filter(|file| file.span_ms.is_none_or(|span| period.meets(span)))
            .partition(|file| file.span_ms.is_some_and(|span| period.has(span)));
        let mut parts = Vec::new();
        if !inside.is_empty() {
            let table = self.listing(state, inside)?;
            parts.push(table.scan(state, Some(&columns), &others, limit).await?);
        }
        if !across.is_empty() {
            let table = self.listing(state, across)?;
            let started = self.schema.index_of(STARTED)?;
            let mut read = columns.clone();
            if !read.contains(&started) {
                read.push(started);
            }
            let rows = table.scan(state, Some(&read), filters, None).await?;
            parts.push(within(state, asked, rows, columns.len())?);
        }
        match parts.len() {
            0 => Ok(Arc::new(EmptyExec::new(Arc::new(self.schema.project(&columns)?)))),
            1 => Ok(parts.remove(0)),
            _ => UnionExec::try_new(parts),
        }
    }
}

impl Files {
    fn listing(&self, state: &dyn Session, files: Vec<&Timed>) -> Result<ListingTable> {
        let urls = files.into_iter().map(|file| file.url.clone()).collect();
        let config = ListingTableConfig::new_with_multi_paths(urls)
            .with_listing_options(self.options.clone())
            .with_schema(self.schema());
        let statistics = state.runtime_env().cache_manager.get_file_statistic_cache();
        Ok(ListingTable::try_new(config)?.with_cache(statistics))
    }
}

/// The first columns of the rows that began when it is asked.
fn within(
    state: &dyn Session,
    asked: Vec<Expr>,
    rows: Arc<dyn ExecutionPlan>,
    columns: usize,
) -> Result<Arc<dyn ExecutionPlan>> {
    let Some(asked) = conjunction(asked) else { return Ok(rows) };
    let schema = rows.schema();
    let asked = state.create_physical_expr(asked, &DFSchema::try_from(Arc::clone(&schema))?)?;
    let columns = (0..columns).collect();
    let within = FilterExecBuilder::new(asked, rows).apply_projection(Some(columns))?.build()?;
    Ok(Arc::new(within))
}

/// Moments from the first to the last, both in it, in milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Period {
    from_ms: i64,
    to_ms: i64,
}

impl Period {
    const ALL: Self = Self { from_ms: i64::MIN, to_ms: i64::MAX };

    /// What a condition allows, if it compares `started` with a moment and does nothing else.
    fn of(condition: &Expr) -> Option<Self> {
        let Expr::BinaryExpr(of) = condition else { return None };
        let (op, value) = match (&*of.left, &*of.right) {
            (Expr::Column(column), Expr::Literal(value, _)) if column.name == STARTED => {
                (of.op, value)
            }
            (Expr::Literal(value, _), Expr::Column(column)) if column.name == STARTED => {
                (of.op.swap()?, value)
            }
            _ => return None,
        };
        let ScalarValue::TimestampMillisecond(Some(ms), _) = *value else { return None };
        let (from_ms, to_ms) = match op {
            Operator::GtEq => (ms, i64::MAX),
            Operator::Gt => (ms.checked_add(1)?, i64::MAX),
            Operator::Lt => (i64::MIN, ms.checked_sub(1)?),
            Operator::LtEq => (i64::MIN, ms),
            Operator::Eq => (ms, ms),
            _ => return None,
        };
        Some(Self { from_ms, to_ms })
    }

    fn and(self, other: Self) -> Self {
        Self { from_ms: self.from_ms.max(other.from_ms), to_ms: self.to_ms.min(other.to_ms) }
    }

    fn meets(self, span: (i64, i64)) -> bool {
        self.from_ms <= span.1 && span.0 <= self.to_ms
    }

    fn has(self, span: (i64, i64)) -> bool {
        self.from_ms <= span.0 && span.1 <= self.to_ms
    }
}
