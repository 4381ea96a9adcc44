//! The parameters of a call log list, checked.

use callbook_model::Scope;
use jiff::{SignedDuration, Timestamp};

use super::parameters::{
    CONFERENCE_TYPE, DATE_FROM, DATE_TO, DIRECTION, EXTENSION_NUMBER, METADATA_CATEGORY,
    PHONE_NUMBER, RECORDING_TYPE, SESSION_ID, SHOW_BLOCKED, SHOW_DELETED, STATUS_GROUP,
    TELEPHONY_SESSION_ID, TRANSPORT, TYPE, VIEW, WITH_RECORDING,
};
use crate::error::ApiError;
use crate::paging::{PAGE_TOKEN, PageRequest};
use crate::params::Params;
use crate::ports::Mark;

/// What `dateFrom` is set before `dateTo` when it is left out.
const DEFAULT_SPAN: SignedDuration = SignedDuration::from_hours(24);

/// How much of a record is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum View {
    /// Without `legs`, `billing` and `lastModifiedTime`.
    #[default]
    Simple,
    /// Everything.
    Detailed,
}

/// Which way a call went, seen from the log's owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Received.
    Inbound,
    /// Placed.
    Outbound,
}

/// Only calls with recordings of this kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordingFilter {
    /// Recorded by rule.
    Automatic,
    /// Recorded by hand.
    OnDemand,
    /// Recorded in whatever way.
    All,
}

/// Which records are wanted, apart from the date range. An empty list lets everything through.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// Calls of this short extension number.
    pub extension_number: Option<String>,
    /// Calls from or to this number: digits only, without a leading `+`.
    pub phone_number: Option<String>,
    /// Either direction.
    pub directions: Vec<Direction>,
    /// `Voice`, `Fax`.
    pub types: Vec<String>,
    /// `PSTN`, `VoIP`.
    pub transports: Vec<String>,
    /// Only recorded calls.
    pub recording: Option<RecordingFilter>,
    /// Calls of one session.
    pub session_id: Option<String>,
    /// Calls of one telephony session.
    pub telephony_session_id: Option<String>,
    /// Calls that carry one of these metadata categories.
    pub metadata_categories: Vec<String>,
    /// Only calls that nobody took.
    pub missed: bool,
    /// Only conferences.
    pub conferences: bool,
    /// Leave out calls from and to blocked numbers.
    pub hide_blocked: bool,
    /// Include records that were deleted.
    pub show_deleted: bool,
}

/// A call log list request.
///
/// The contract does not say whether the ends of the date range belong to it. Here the start does
/// and the end does not, so that adjoining windows give every record once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListQuery {
    /// The first `startTime` that is wanted.
    pub from: Timestamp,
    /// The first `startTime` that is no longer wanted.
    pub to: Timestamp,
    /// Which records within the range.
    pub filter: Filter,
    /// How much of each.
    pub view: View,
    /// How many records to skip, newest first.
    pub offset: u64,
    /// A port's own [`CallLogPage::next`], to be preferred to `offset` if it makes sense.
    ///
    /// [`CallLogPage::next`]: crate::CallLogPage::next
    pub after: Option<String>,
    /// How many records to give at most.
    pub limit: u32,
}

/// Which records are wanted of those that were modified lately.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangesQuery {
    /// What was modified after this mark is wanted.
    pub after: Mark,
    /// The first `startTime` that is wanted.
    pub started_from: Timestamp,
    /// Which records of those.
    pub filter: Filter,
    /// How much of each.
    pub view: View,
    /// How many at most, the first modified first; what a mark cannot tell from the last one comes on top.
    pub limit: u32,
}

/// Which calls are wanted of those that are under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActiveQuery {
    /// Which records.
    pub filter: Filter,
    /// How much of each.
    pub view: View,
    /// How many records to skip, newest first.
    pub offset: u64,
    /// How many records to give at most.
    pub limit: u32,
}

/// Which records are to be hidden from the user whose log they stand in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deletion {
    /// The first `startTime` of them.
    pub from: Timestamp,
    /// The first `startTime` that is not of them any more.
    pub to: Timestamp,
    /// Which records within the range.
    pub filter: Filter,
    /// The moment at which they are hidden: their last modification, for whoever synchronises the log.
    pub at: Timestamp,
}

/// Reads and checks the parameters of a list of `scope`.
pub(super) fn parse(
    params: &Params,
    scope: Scope,
    page: PageRequest,
    now: Timestamp,
) -> Result<ListQuery, ApiError> {
    let (from, to) = date_range(params, now)?;
    let filter = filter(params, scope)?;
    check_combination(&filter)?;
    let (view, after) = (params.value(&VIEW)?, params.given(&PAGE_TOKEN)?);
    Ok(ListQuery { from, to, filter, view, offset: page.offset(), after, limit: page.per_page })
}

/// The parameters of a deletion. The contract has `dateTo` alone; whoever sends a filter that lists know must not
/// lose more than it says.
pub(super) fn parse_deletion(
    params: &Params,
    scope: Scope,
    now: Timestamp,
) -> Result<Deletion, ApiError> {
    let (from, to) = date_range(params, now)?;
    let filter = filter(params, scope)?;
    check_combination(&filter)?;
    let from = if params.given(&DATE_FROM)?.is_some() { from } else { Timestamp::MIN };
    Ok(Deletion { from, to, filter, at: now })
}

fn date_range(params: &Params, now: Timestamp) -> Result<(Timestamp, Timestamp), ApiError> {
    let (from, to) = (params.given(&DATE_FROM)?, params.given(&DATE_TO)?);
    if let (Some(from), Some(to)) = (from, to)
        && from > to
    {
        return Err(ApiError::invalid_parameter(DATE_FROM.name, &from.to_string()));
    }
    let to = to.unwrap_or(now);
    let default_from = || to.checked_sub(DEFAULT_SPAN).unwrap_or(Timestamp::MIN);
    Ok((from.unwrap_or_else(default_from), to))
}

fn filter(params: &Params, scope: Scope) -> Result<Filter, ApiError> {
    // The contract has these two for extension logs only; elsewhere they are unknown, so ignored.
    let extension_log = matches!(scope, Scope::Extension(_));
    let transports = if extension_log { owned(params.values(&TRANSPORT)?) } else { vec![] };
    let hide_blocked = extension_log && !params.value(&SHOW_BLOCKED)?;
    Ok(Filter {
        extension_number: params.given(&EXTENSION_NUMBER)?,
        phone_number: params.given(&PHONE_NUMBER)?,
        directions: params.values(&DIRECTION)?,
        types: owned(params.values(&TYPE)?),
        transports,
        recording: recording(params)?,
        session_id: params.given(&SESSION_ID)?,
        telephony_session_id: params.given(&TELEPHONY_SESSION_ID)?,
        metadata_categories: params.values(&METADATA_CATEGORY)?,
        missed: false,
        conferences: false,
        hide_blocked,
        show_deleted: params.value(&SHOW_DELETED)?,
    })
}

/// The filters of a synchronisation.
pub(super) fn sync_filter(params: &Params) -> Result<Filter, ApiError> {
    let groups = params.values(&STATUS_GROUP)?;
    Ok(Filter {
        recording: recording(params)?,
        metadata_categories: params.values(&METADATA_CATEGORY)?,
        missed: !groups.is_empty() && groups.iter().all(|missed| *missed),
        ..Filter::default()
    })
}

/// The parameters of a list of calls that are under way.
pub(super) fn parse_active(params: &Params, page: PageRequest) -> Result<ActiveQuery, ApiError> {
    let filter = Filter {
        directions: params.values(&DIRECTION)?,
        types: owned(params.values(&TYPE)?),
        transports: owned(params.values(&TRANSPORT)?),
        conferences: !params.values(&CONFERENCE_TYPE)?.is_empty(),
        ..Filter::default()
    };
    let view = params.value(&VIEW)?;
    Ok(ActiveQuery { filter, view, offset: page.offset(), limit: page.per_page })
}

fn owned(words: Vec<&'static str>) -> Vec<String> {
    words.into_iter().map(str::to_owned).collect()
}

/// `withRecording` is the older parameter and counts only without the newer one.
fn recording(params: &Params) -> Result<Option<RecordingFilter>, ApiError> {
    let with_recording = params.value(&WITH_RECORDING)?;
    let kind = params.given(&RECORDING_TYPE)?;
    Ok(kind.or(with_recording.then_some(RecordingFilter::All)))
}

fn check_combination(filter: &Filter) -> Result<(), ApiError> {
    let (extension, phone) = (&filter.extension_number, &filter.phone_number);
    if filter.session_id.is_some() {
        let excluded = [(extension, EXTENSION_NUMBER.name), (phone, PHONE_NUMBER.name)];
        if let Some((_, name)) = excluded.into_iter().find(|(given, _)| given.is_some()) {
            return Err(ApiError::session_id_excludes(name));
        }
    }
    match (extension, phone) {
        (Some(_), Some(number)) => {
            Err(ApiError::excluded_parameter(PHONE_NUMBER.name, number, EXTENSION_NUMBER.name))
        }
        _ => Ok(()),
    }
}
