//! An account's tables, as questions find them.

use std::collections::HashSet;
use std::sync::Arc;

use datafusion::arrow::array::{AsArray as _, BooleanArray, RecordBatch};
use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::common::ScalarValue;
use datafusion::datasource::MemTable;
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, Volatility, create_udf};
use datafusion::prelude::{DataFrame, SQLOptions, SessionContext, col};

use crate::directory::Directory;
use crate::lake::touched;
use crate::manifest::{File, Manifest, Segment};
use crate::question::{Answer, wrong};
use crate::staged::Staged;
use crate::table::{TABLES, schemas};
use crate::{Access, Error, Limits, Place, context, hours, narrow, scan, table};

/// Tables as of one change number.
pub struct Tables {
    context: SessionContext,
    limits: Limits,
}

impl Tables {
    pub(crate) fn new(
        place: &Place,
        manifest: &Manifest,
        staged: &Staged,
        directory: &Arc<Directory>,
        limits: &Limits,
        access: &Access,
    ) -> Result<Self, Error> {
        let context = context::new(place, limits)?;
        let parts = Parts::of(manifest, staged);
        let mut all = Vec::with_capacity(TABLES.len());
        for (index, schema) in schemas().into_iter().enumerate() {
            all.push(parts.view(&context, place, staged, index, &schema)?);
        }
        for (name, view) in TABLES.into_iter().zip(access.of(all)?) {
            context.register_table(name, view)?;
        }
        for (name, rows) in table::of_directory(directory) {
            context.register_batch(name, rows)?;
        }
        context.register_udf(hours::function(directory));
        Ok(Self { context, limits: limits.clone() })
    }

    /// The same, and SQL knows these functions.
    #[must_use]
    pub fn with_functions(self, functions: impl IntoIterator<Item = ScalarUDF>) -> Self {
        functions.into_iter().for_each(|function| self.context.register_udf(function));
        self
    }

    /// Asks a question in SQL, with values for its `$name`s. It may only read.
    ///
    /// # Errors
    /// [`Error::Question`], [`Error::Writes`]; what goes wrong later comes from the answer.
    pub async fn ask(
        &self,
        sql: &str,
        parameters: Vec<(String, ScalarValue)>,
    ) -> Result<Answer, Error> {
        let only_reads = SQLOptions::new()
            .with_allow_ddl(false)
            .with_allow_dml(false)
            .with_allow_statements(false);
        let asked = self.context.sql_with_options(sql, only_reads).await.map_err(wrong)?;
        let asked = asked.with_param_values(parameters).map_err(wrong)?;
        Answer::of(narrow::planned(asked), &self.limits).await
    }
}

/// Files by whether any of their rows are out of date.
struct Parts<'a> {
    clean: Vec<&'a Segment>,
    touched: Vec<&'a Segment>,
    current: ScalarUDF,
}

impl<'a> Parts<'a> {
    fn of(manifest: &'a Manifest, staged: &Staged) -> Self {
        let is_touched = |segment: &&Segment| !touched(segment, staged).is_empty();
        let (touched, clean) = manifest.segments.iter().partition(is_touched);
        let outdated: HashSet<String> = staged.retracted.keys().cloned().collect();
        Self { clean, touched, current: is_current(outdated) }
    }

    /// All current rows of a table: of files, and of memory.
    fn view(
        &self,
        context: &SessionContext,
        place: &Place,
        staged: &Staged,
        index: usize,
        schema: &SchemaRef,
    ) -> Result<Arc<dyn datafusion::catalog::TableProvider>, Error> {
        let of = |segments: &[&'a Segment]| -> Vec<&'a File> {
            segments.iter().filter_map(|segment| segment.files.get(TABLES[index])).collect()
        };
        let rows = staged.rows(index, None)?;
        let clean = scan::table(context, place, schema, of(&self.clean))?;
        let touched = scan::files(context, place, schema, of(&self.touched))?;
        if let (Some(clean), None, true) = (&clean, &touched, rows.is_empty()) {
            return Ok(Arc::clone(clean));
        }
        let mut all = memory(context, schema, rows)?;
        if let Some(clean) = clean {
            all = context.read_table(clean)?.union(all)?;
        }
        if let Some(touched) = touched {
            all = touched.filter(self.current.call(vec![col("session")]))?.union(all)?;
        }
        Ok(all.into_view())
    }
}

fn memory(
    context: &SessionContext,
    schema: &SchemaRef,
    rows: Vec<RecordBatch>,
) -> Result<DataFrame, Error> {
    let table = MemTable::try_new(Arc::clone(schema), vec![rows])?;
    Ok(context.read_table(Arc::new(table))?)
}

/// Whether a session's rows in files are those of today.
fn is_current(outdated: HashSet<String>) -> ScalarUDF {
    let answer = move |given: &[ColumnarValue]| {
        let sessions = ColumnarValue::values_to_arrays(given)?.swap_remove(0);
        let sessions = sessions.as_string::<i32>().iter();
        let current: BooleanArray = sessions
            .map(|session| Some(session.is_none_or(|session| !outdated.contains(session))))
            .collect();
        Ok(ColumnarValue::Array(Arc::new(current)))
    };
    create_udf(
        "is_current",
        vec![DataType::Utf8],
        DataType::Boolean,
        Volatility::Immutable,
        Arc::new(answer),
    )
}
