//! Rows as the databases have them, for what goes over all of an archive: seals, checks, transfers.

use callbook_model::CallRecord;

use crate::Cause;

/// The columns of `call` that are derived from its newest document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Narrow {
    pub(crate) id: String,
    pub(crate) start_ms: i64,
    pub(crate) duration_ms: i64,
    pub(crate) call_type: Option<String>,
    pub(crate) direction: Option<String>,
    pub(crate) result: Option<String>,
    pub(crate) action: Option<String>,
    pub(crate) from_number: Option<String>,
    pub(crate) from_extension: Option<String>,
    pub(crate) from_name: Option<String>,
    pub(crate) to_number: Option<String>,
    pub(crate) to_extension: Option<String>,
    pub(crate) to_name: Option<String>,
    pub(crate) recorded: bool,
    /// The record says so, or it is absent upstream.
    pub(crate) deleted: bool,
}

impl Narrow {
    /// What the columns are for a record whose newest version has this cause.
    pub(crate) fn of(record: CallRecord, cause: Cause) -> Self {
        let CallRecord { id, start_ms, duration_ms, call_type, direction, .. } = record;
        Self {
            id,
            start_ms,
            duration_ms,
            call_type,
            direction,
            result: record.result,
            action: record.action,
            from_number: record.from.phone_number,
            from_extension: record.from.extension_number,
            from_name: record.from.name,
            to_number: record.to.phone_number,
            to_extension: record.to.extension_number,
            to_name: record.to.name,
            recorded: record.recorded,
            deleted: record.deleted || cause == Cause::Absent,
        }
    }
}
