//! All records of a session, with each leg once, and who spoke.

mod answer;
mod part;
mod unknown;

use jiff::Timestamp;

use crate::ends::is_outside;
use crate::result::Ending;
use crate::row::{Direction, Kind, Origin};
use crate::{Company, Record};

pub(crate) use answer::Union;
pub(crate) use part::Part;

/// How far apart what belongs together may be: older records have whole seconds.
pub(crate) const SLACK_MS: i64 = 1_000;

/// The records of an interaction.
pub(crate) struct Session<'r, 'a> {
    /// By start, then by id; there is at least one.
    pub(crate) records: Vec<&'r Record<'a>>,
    /// Legs, each once, by start; there is at least one.
    pub(crate) parts: Vec<Part<'r, 'a>>,
    /// The place of the master leg.
    pub(crate) master: usize,
    pub(crate) kind: Kind,
    pub(crate) direction: Direction,
    pub(crate) origin: Origin,
}

impl<'r, 'a> Session<'r, 'a> {
    /// `None` if there is nothing left to look at, or the call goes on.
    pub(crate) fn new(records: &'r [Record<'a>], company: &impl Company) -> Option<Self> {
        let mut records: Vec<_> = records.iter().filter(|record| !record.call.deleted).collect();
        records.sort_by(|a, b| (a.start_ms, a.id()).cmp(&(b.start_ms, b.id())));
        if records.iter().any(|record| record.ending() == Ending::InProgress) {
            return None;
        }
        let first = &records.first()?.call;
        let parts = part::parts(&records);
        let master = parts.iter().position(|part| part.master).unwrap_or_default();
        let call = parts[master].call;
        let direction = direction(first.direction.as_deref().or(call.direction.as_deref()), call);
        let is_fax = first.call_type.as_deref() == Some("Fax");
        let kind = if is_fax { Kind::Fax } else { Kind::Voice };
        let at = moment(parts[master].start_ms);
        let outside = is_outside(call, direction, company, at);
        let origin = if outside { Origin::External } else { Origin::Internal };
        let mut session = Self { records, parts, master, kind, direction, origin };
        session.find_owners(company, at);
        session.find_answers(company, at);
        Some(session)
    }

    /// It is a row of the portal's.
    pub(crate) fn is_imported(&self) -> bool {
        self.records[0].call.imported
    }

    pub(crate) fn master(&self) -> &Part<'r, 'a> {
        &self.parts[self.master]
    }

    /// When the first record or leg began, in Unix milliseconds.
    pub(crate) fn start_ms(&self) -> i64 {
        self.records[0].start_ms.min(self.parts[0].start_ms)
    }

    /// When the last one ended.
    pub(crate) fn end_ms(&self) -> i64 {
        let records = self.records.iter().map(|record| record.end_ms());
        records.chain(self.parts.iter().map(|part| part.end_ms)).max().unwrap_or_default()
    }

    /// From the master leg's start to an answer, else to the end.
    pub(crate) fn wait_ms(&self, answer_ms: Option<i64>) -> i64 {
        (answer_ms.unwrap_or_else(|| self.end_ms()) - self.master().start_ms).max(0)
    }

    /// Which extension each leg belongs to, what that is, and whose own call it is.
    fn find_owners(&mut self, company: &impl Company, at: Timestamp) {
        let mut user = None;
        for part in &mut self.parts {
            // A forwarding leg that names nobody belongs to the user that the call was offered to before it.
            part.owner = part.call.owner().or_else(|| user.filter(|_| part.is_forwarding()));
            let Some(owner) = part.owner else { continue };
            part.kind = company.kind(owner, at);
            if part.is_users() {
                user = Some(owner);
            }
        }
        let (outbound, caller) = (self.direction == Direction::Outbound, self.master().owner);
        for part in &mut self.parts {
            let is_callers = outbound && part.owner == caller;
            let own =
                is_callers || (part.owner.is_some() && part.call.from.extension == part.owner);
            part.originated = own && !part.is_inbound();
        }
        self.find_unknown_queues();
    }
}

/// The record's word, else what its ends say.
fn direction(word: Option<&str>, call: &crate::wire::Call<'_>) -> Direction {
    match word {
        Some("Inbound") => Direction::Inbound,
        Some("Outbound") => Direction::Outbound,
        _ if call.from.extension.is_some() => Direction::Outbound,
        _ => Direction::Inbound,
    }
}

/// A moment that a record names, which is one that can be.
pub(crate) fn moment(unix_ms: i64) -> Timestamp {
    Timestamp::from_millisecond(unix_ms).unwrap_or(Timestamp::MAX)
}
