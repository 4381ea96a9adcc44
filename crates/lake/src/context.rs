//! Where questions are answered, and how much they may take.

use std::sync::Arc;
use std::time::Duration;

use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};

use crate::reading::Reading;
use crate::{Error, Place, epoch, local};

/// What a question may take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Memory for its tables and sorts.
    pub memory_bytes: usize,
    /// Room on the disk for what does not fit.
    pub disk_bytes: u64,
    /// Until its last row.
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { memory_bytes: 2 << 30, disk_bytes: 8 << 30, time: Duration::from_mins(10) }
    }
}

/// Memory for sorts of the lake's own; they seldom are needed, for files are sorted.
const OWN_BYTES: usize = 64 << 20;

/// Rows that the lake's own work handles at a time.
pub(crate) const BATCH_ROWS: usize = 2_048;

/// Rows that a question handles at a time: more take less time, and more memory.
const QUESTION_ROWS: usize = 16 << 10;

/// A context for questions. It knows the lake's files, and no others.
pub(crate) fn new(place: &Place, limits: &Limits) -> Result<SessionContext, Error> {
    of(place, limits, SessionConfig::new().with_batch_size(QUESTION_ROWS))
}

/// A context for the lake's own work: as many files can be merged at a time, each read as one, in small batches.
pub(crate) fn for_merging(place: &Place, files: usize) -> Result<SessionContext, Error> {
    let limits = Limits { memory_bytes: OWN_BYTES, ..Limits::default() };
    let config = SessionConfig::new()
        .with_target_partitions(files)
        .with_repartition_file_scans(false)
        .with_batch_size(BATCH_ROWS);
    of(place, &limits, config)
}

fn of(place: &Place, limits: &Limits, config: SessionConfig) -> Result<SessionContext, Error> {
    let disk = DiskManagerBuilder::default()
        .with_mode(DiskManagerMode::OsTmpDirectory)
        .with_max_temp_directory_size(limits.disk_bytes);
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_pool(Arc::new(FairSpillPool::new(limits.memory_bytes)))
        .with_disk_manager_builder(disk)
        .build_arc()?;
    runtime.register_object_store(&place.root(), Arc::new(Reading::of(place)));
    let mut config = config.with_information_schema(true).with_collect_statistics(true);
    let options = &mut config.options_mut().execution;
    // Files of a month follow each other in time: so they stay in order without being sorted.
    options.split_file_groups_by_statistics = true;
    let context = SessionContext::new_with_config_rt(config, runtime);
    context.register_udf(local::function());
    for function in epoch::functions() {
        context.register_udf(function);
    }
    Ok(context)
}
