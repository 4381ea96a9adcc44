//! Visits to queues.

use callbook_model::ExtensionId;

use crate::offer::Open;
use crate::result::Ending;
use crate::row::{QueueVisit, VisitOutcome};
use crate::session::{Part, SLACK_MS, Session, moment};

/// A visit, while what belongs to it is gathered.
pub(crate) struct Visit {
    pub(crate) queue: ExtensionId,
    start_ms: i64,
    /// When it ended, or the next began.
    end_ms: i64,
    /// Who answered, and when.
    answer: Option<(ExtensionId, i64)>,
    voicemail: bool,
    callback: bool,
    hung_up: bool,
    offers: u32,
}

/// All visits, by their start; each offer learns whose it is.
pub(crate) fn visits(session: &Session<'_, '_>, offers: &mut [Open]) -> Vec<Visit> {
    let mut visits = stays(session);
    for offer in offers {
        let mut begun = visits.iter_mut().enumerate().rev();
        let latest = begun.find(|(_, visit)| visit.start_ms <= offer.start_ms);
        let Some((place, visit)) = latest.filter(|(_, visit)| visit.made(offer)) else { continue };
        offer.visit = Some(place);
        visit.offers += 1;
        let answer = offer.answer_ms.map(|answer_ms| (offer.user, answer_ms));
        let earlier = |known: &(ExtensionId, i64)| answer.is_none_or(|new| known.1 <= new.1);
        visit.answer = visit.answer.filter(earlier).or(answer);
    }
    visits
}

/// The visits by the legs of queues alone. Legs of one queue that follow upon each other are one visit, unless
/// somebody answered in between.
fn stays(session: &Session<'_, '_>) -> Vec<Visit> {
    let mut visits: Vec<Visit> = Vec::new();
    for part in session.parts.iter().filter(|part| part.is_queues()) {
        let Some(queue) = part.owner else { continue };
        match visits.last_mut() {
            Some(last) if last.queue == queue && last.goes_on(part, session) => last.add(part),
            last => {
                if let Some(last) = last {
                    last.end_ms = last.end_ms.min(part.start_ms);
                }
                visits.push(Visit::new(queue, part));
            }
        }
    }
    visits
}

impl Visit {
    fn new(queue: ExtensionId, part: &Part<'_, '_>) -> Self {
        let mut visit = Self {
            queue,
            start_ms: part.start_ms,
            end_ms: part.start_ms,
            answer: None,
            voicemail: false,
            callback: false,
            hung_up: false,
            offers: 0,
        };
        visit.add(part);
        visit
    }

    fn add(&mut self, part: &Part<'_, '_>) {
        self.end_ms = self.end_ms.max(part.end_ms);
        self.hear(part.ending);
    }

    fn hear(&mut self, ending: Ending) {
        self.voicemail |= ending == Ending::Voicemail;
        self.callback |= ending == Ending::CallbackRequested;
        self.hung_up |= matches!(ending, Ending::Abandoned | Ending::HungUp);
    }

    fn goes_on(&self, part: &Part<'_, '_>, session: &Session<'_, '_>) -> bool {
        let between = self.start_ms..part.start_ms;
        let answered = session.answers().any(|(_, answer)| between.contains(&answer.start_ms));
        part.start_ms <= self.end_ms && !answered
    }

    /// Whether a later offer is one of the queue's: not after somebody answered, and not somebody's transfer.
    fn made(&self, offer: &Open) -> bool {
        let answered = self.answer.is_some_and(|(_, answer_ms)| answer_ms < offer.start_ms);
        offer.start_ms <= self.end_ms + SLACK_MS && !answered && !offer.transfer
    }

    fn is_left_before(&self, part: &Part<'_, '_>) -> bool {
        part.start_ms >= self.end_ms && part.start_ms > self.start_ms
    }
}

/// The rows of all visits.
pub(crate) fn rows(session: &Session<'_, '_>, mut visits: Vec<Visit>) -> Vec<QueueVisit> {
    if let Some(last) = visits.last_mut()
        && !session.parts.iter().any(|part| last.is_left_before(part))
    {
        // Nothing came after it: the call ended as the visit did.
        last.hear(session.records[0].ending());
    }
    let row = |(place, visit): (usize, &Visit)| {
        let before = place.checked_sub(1).map(|before| &visits[before]);
        QueueVisit {
            order: place as u32,
            queue: visit.queue,
            entered: moment(visit.start_ms),
            wait_ms: visit.answer.map_or(visit.end_ms, |(_, answer_ms)| answer_ms) - visit.start_ms,
            outcome: outcome(session, visit, place + 1 < visits.len()),
            answered_by: visit.answer.map(|(user, _)| user),
            overflow_in: before.is_some_and(|before| before.answer.is_none()),
            offers: visit.offers,
        }
    };
    visits.iter().enumerate().map(row).collect()
}

fn outcome(session: &Session<'_, '_>, visit: &Visit, followed: bool) -> VisitOutcome {
    let left = || session.parts.iter().any(|part| visit.is_left_before(part));
    if visit.answer.is_some() {
        VisitOutcome::Answered
    } else if followed {
        VisitOutcome::Overflow
    } else if visit.voicemail {
        VisitOutcome::Voicemail
    } else if visit.callback {
        VisitOutcome::Callback
    } else if visit.hung_up && !left() {
        VisitOutcome::Abandoned
    } else {
        VisitOutcome::Other
    }
}
