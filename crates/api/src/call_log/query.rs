//! The parameters of a call log list, checked.

use callbook_model::Scope;
use jiff::{SignedDuration, Timestamp};

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

pub(super) fn parse_view(params: &Params) -> Result<View, ApiError> {
    let view = params.read("view", |value| match value {
        "Simple" => Some(View::Simple),
        "Detailed" => Some(View::Detailed),
        _ => None,
    })?;
    Ok(view.unwrap_or_default())
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
    check_combination(params, &filter)?;
    let view = parse_view(params)?;
    let after = params.text(PAGE_TOKEN)?;
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
    check_combination(params, &filter)?;
    let from = if params.one("dateFrom")?.is_some() { from } else { Timestamp::MIN };
    Ok(Deletion { from, to, filter, at: now })
}

fn date_range(params: &Params, now: Timestamp) -> Result<(Timestamp, Timestamp), ApiError> {
    let to = params.instant("dateTo")?;
    let from = params.instant("dateFrom")?;
    if let (Some(from), Some(to)) = (from, to)
        && from > to
    {
        let value = params.one("dateFrom")?.unwrap_or_default();
        return Err(ApiError::invalid_parameter("dateFrom", value));
    }
    let to = to.unwrap_or(now);
    let default_from = || to.checked_sub(DEFAULT_SPAN).unwrap_or(Timestamp::MIN);
    Ok((from.unwrap_or_else(default_from), to))
}

fn filter(params: &Params, scope: Scope) -> Result<Filter, ApiError> {
    // The contract has these two for extension logs only; elsewhere they are unknown, so ignored.
    let extension_log = matches!(scope, Scope::Extension(_));
    let transports =
        if extension_log { enumeration(params, "transport", TRANSPORTS)? } else { vec![] };
    let hide_blocked = extension_log && !params.flag("showBlocked", true)?;
    Ok(Filter {
        extension_number: params.text("extensionNumber")?,
        phone_number: phone_number(params)?,
        directions: params.read_all("direction", direction)?,
        types: enumeration(params, "type", TYPES)?,
        transports,
        recording: recording(params)?,
        session_id: params.text("sessionId")?,
        telephony_session_id: params.text("telephonySessionId")?,
        metadata_categories: metadata_categories(params),
        missed: false,
        conferences: false,
        hide_blocked,
        show_deleted: params.flag("showDeleted", false)?,
    })
}

/// The filters of a synchronisation.
pub(super) fn sync_filter(params: &Params) -> Result<Filter, ApiError> {
    let groups = params.read_all("statusGroup", |value| match value {
        "Missed" => Some(true),
        "All" => Some(false),
        _ => None,
    })?;
    Ok(Filter {
        recording: recording(params)?,
        metadata_categories: metadata_categories(params),
        missed: !groups.is_empty() && groups.iter().all(|missed| *missed),
        ..Filter::default()
    })
}

/// The parameters of a list of calls that are under way.
pub(super) fn parse_active(params: &Params, page: PageRequest) -> Result<ActiveQuery, ApiError> {
    let conferences = enumeration(params, "conferenceType", CONFERENCES)?;
    let filter = Filter {
        directions: params.read_all("direction", direction)?,
        types: enumeration(params, "type", TYPES)?,
        transports: enumeration(params, "transport", TRANSPORTS)?,
        conferences: !conferences.is_empty(),
        ..Filter::default()
    };
    let view = parse_view(params)?;
    Ok(ActiveQuery { filter, view, offset: page.offset(), limit: page.per_page })
}

const TYPES: &[&str] = &["Voice", "Fax"];
const TRANSPORTS: &[&str] = &["PSTN", "VoIP"];
const CONFERENCES: &[&str] = &["AudioConferencing", "Meetings"];

fn enumeration(params: &Params, name: &str, known: &[&str]) -> Result<Vec<String>, ApiError> {
    params.read_all(name, |value| known.contains(&value).then(|| value.to_owned()))
}

fn direction(value: &str) -> Option<Direction> {
    match value {
        "Inbound" => Some(Direction::Inbound),
        "Outbound" => Some(Direction::Outbound),
        _ => None,
    }
}

/// The contract wants E.164 without the plus; clients send it with one as well.
fn phone_number(params: &Params) -> Result<Option<String>, ApiError> {
    params.read("phoneNumber", |value| {
        // An unencoded plus arrives as a space.
        let digits = value.trim_start_matches(['+', ' ']);
        let valid = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        valid.then(|| digits.to_owned())
    })
}

/// `withRecording` is the older parameter and counts only without the newer one.
fn recording(params: &Params) -> Result<Option<RecordingFilter>, ApiError> {
    let with_recording = params.flag("withRecording", false)?;
    let kind = params.read("recordingType", |value| match value {
        "Automatic" => Some(RecordingFilter::Automatic),
        "OnDemand" => Some(RecordingFilter::OnDemand),
        "All" => Some(RecordingFilter::All),
        _ => None,
    })?;
    Ok(kind.or(with_recording.then_some(RecordingFilter::All)))
}

fn metadata_categories(params: &Params) -> Vec<String> {
    params.all("metadataCategory").filter(|value| !value.is_empty()).map(str::to_owned).collect()
}

fn check_combination(params: &Params, filter: &Filter) -> Result<(), ApiError> {
    if filter.session_id.is_some() {
        let excluded = ["extensionNumber", "phoneNumber"];
        let given = excluded.into_iter().find(|name| params.all(name).next().is_some());
        if let Some(name) = given {
            return Err(ApiError::session_id_excludes(name));
        }
    }
    match (&filter.extension_number, &filter.phone_number) {
        (Some(_), Some(number)) => {
            Err(ApiError::excluded_parameter("phoneNumber", number, "extensionNumber"))
        }
        _ => Ok(()),
    }
}
