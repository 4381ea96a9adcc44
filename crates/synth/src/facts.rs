//! What a call log's filters ask.

use crate::company::Company;
use crate::plan::{CallPlan, Party};
use crate::terms::{CallType, Direction, Outcome, RecordingMode, Transport};
use crate::view::Seen;

/// One record without its JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Which way it went, seen from the log's owner.
    pub direction: Direction,
    /// Voice or fax.
    pub call_type: CallType,
    /// Telephone network or the company's own phones.
    pub transport: Transport,
    /// Internal ids of the extensions on the record and its legs.
    pub extension_ids: Vec<u64>,
    /// Their short numbers, in the same order.
    pub extension_numbers: Vec<String>,
    /// Telephone numbers at either end of the record or a leg: `+` and digits.
    pub phone_numbers: Vec<String>,
    /// Absent when no recording can be fetched.
    pub recording: Option<RecordingMode>,
    /// The caller was on a list of blocked numbers.
    pub blocked: bool,
    /// Somebody called and nobody picked up.
    pub missed: bool,
    /// `0` for conferences.
    pub session_id: String,
    /// Joins the records of one call.
    pub telephony_session_id: String,
    /// When the call ended, in Unix milliseconds: its records show up some seconds later.
    pub end_ms: i64,
    /// The record's `lastModifiedTime`, in Unix milliseconds.
    pub modified_ms: i64,
    /// Shown only to those who ask for deleted records.
    pub deleted: bool,
}

pub(crate) fn facts(company: &Company, plan: &CallPlan, seen: &Seen<'_>) -> Facts {
    let mut desks = Vec::with_capacity(4);
    let mut numbers: Vec<&str> = Vec::with_capacity(4);
    for leg in seen.legs() {
        let ends = [leg.from, leg.to];
        for desk in
            leg.owner.into_iter().chain(ends.iter().filter_map(|&end| desk_of(company, end)))
        {
            if !desks.contains(&desk) {
                desks.push(desk);
            }
        }
        for number in ends.iter().filter_map(|&end| number_of(company, end)) {
            if !numbers.contains(&number) {
                numbers.push(number);
            }
        }
    }
    let people = company.people();
    Facts {
        direction: seen.principal.direction,
        call_type: plan.record.call_type,
        transport: seen.principal.transport,
        extension_ids: desks.iter().map(|&desk| people.desk(desk).id).collect(),
        extension_numbers: desks.iter().map(|&desk| people.desk(desk).number.clone()).collect(),
        phone_numbers: numbers.into_iter().map(str::to_owned).collect(),
        recording: plan.recording.filter(|_| seen.hears),
        blocked: seen.outcome == Outcome::Blocked,
        missed: seen.outcome == Outcome::Missed,
        session_id: plan.session_id(),
        telephony_session_id: plan.telephony.telephony_session_id(),
        end_ms: plan.end_ms(),
        modified_ms: plan.modified_ms,
        deleted: plan.deleted,
    }
}

/// The extension behind a party, as far as the record's text names it.
fn desk_of(company: &Company, party: Party) -> Option<u32> {
    match party {
        Party::Direct(desk) | Party::Desk(desk) | Party::Device(desk, _) => Some(desk),
        Party::Number(number) => company.people().numbers[number as usize].desk,
        Party::Contact(_) | Party::Withheld | Party::Mobile(_) | Party::Bridge => None,
    }
}

/// The telephone number of a party, as far as the record's text shows it.
fn number_of(company: &Company, party: Party) -> Option<&str> {
    let people = company.people();
    match party {
        Party::Contact(contact) => Some(&company.contacts()[contact as usize].number),
        Party::Number(number) => Some(&people.numbers[number as usize].number),
        Party::Direct(desk) => {
            people.desk(desk).direct.map(|number| people.numbers[number as usize].number.as_str())
        }
        Party::Mobile(desk) => Some(&people.desk(desk).mobile),
        Party::Withheld | Party::Desk(_) | Party::Device(..) | Party::Bridge => None,
    }
}
