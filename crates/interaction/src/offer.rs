//! Offers to users: overlapping legs of one user are one.

use callbook_model::ExtensionId;

use crate::result::Ending;
use crate::row::{Offer, OfferOutcome};
use crate::session::{Part, SLACK_MS, Session, Union, moment};

/// An offer, while its legs are gathered.
pub(crate) struct Open {
    pub(crate) user: ExtensionId,
    pub(crate) start_ms: i64,
    pub(crate) end_ms: i64,
    /// When the user answered, in Unix milliseconds.
    pub(crate) answer_ms: Option<i64>,
    /// Somebody passed the call on to the user.
    pub(crate) transfer: bool,
    /// The place of its visit to a queue.
    pub(crate) visit: Option<usize>,
    outcome: OfferOutcome,
    /// What the call's master leg says, if it is one of the legs.
    told: Option<OfferOutcome>,
    talk: Union,
    legs: u32,
}

/// All offers, by their start.
pub(crate) fn offers(session: &Session<'_, '_>) -> Vec<Open> {
    let mut offers: Vec<Open> = Vec::with_capacity(session.parts.len());
    for (place, part) in session.parts.iter().enumerate() {
        let Some(user) = part.offered_to() else { continue };
        let same = offers.iter_mut().rev().find(|offer| offer.user == user);
        let same = same.filter(|offer| offer.takes(part));
        let offer = match same {
            Some(offer) => offer,
            None => {
                offers.push(Open::new(user, part));
                let last = offers.len() - 1;
                &mut offers[last]
            }
        };
        offer.add(part, place == session.master);
    }
    offers
}

impl Part<'_, '_> {
    /// The user whose phone rang.
    fn offered_to(&self) -> Option<ExtensionId> {
        let rang = self.is_users() && !self.originated && self.ending != Ending::Blocked;
        self.owner.filter(|_| rang && !self.is_parked() && !self.is_monitoring())
    }
}

impl Open {
    fn new(user: ExtensionId, part: &Part<'_, '_>) -> Self {
        Self {
            user,
            start_ms: part.start_ms,
            end_ms: part.start_ms,
            answer_ms: None,
            transfer: part.is_transfer(),
            visit: None,
            outcome: OfferOutcome::Unknown,
            told: None,
            talk: Union::default(),
            legs: 0,
        }
    }

    /// Whether a leg of the same user is another phone of the same offer. A phone elsewhere may ring only after the
    /// others have stopped.
    fn takes(&self, part: &Part<'_, '_>) -> bool {
        let slack_ms = if part.is_forwarding() { SLACK_MS + 1 } else { 0 };
        part.start_ms < self.end_ms + slack_ms || part.start_ms == self.start_ms
    }

    fn add(&mut self, part: &Part<'_, '_>, master: bool) {
        self.legs += 1;
        self.end_ms = self.end_ms.max(part.end_ms);
        let outcome = outcome(part);
        self.outcome = self.outcome.min(outcome);
        if master && !NOT_OF_THE_USER.contains(&outcome) {
            self.told = Some(outcome);
        }
        if part.speaker.is_some() && !part.spans {
            self.answer_ms.get_or_insert(part.start_ms);
            self.talk.add(part);
        }
    }

    fn outcome(&self) -> OfferOutcome {
        match self.answer_ms {
            Some(_) => OfferOutcome::Answered,
            None => self.told.unwrap_or(self.outcome),
        }
    }

    pub(crate) fn row(&self, queue: Option<ExtensionId>) -> Offer {
        Offer {
            extension: self.user,
            started: moment(self.start_ms),
            ended: moment(self.end_ms),
            ring_ms: self.answer_ms.unwrap_or(self.end_ms) - self.start_ms,
            outcome: self.outcome(),
            talk_ms: self.talk.total_ms,
            queue,
            visit: self.visit.map(|place| place as u32),
            legs: self.legs,
        }
    }
}

/// What a master leg may say of a whole call without saying it of the user.
const NOT_OF_THE_USER: [OfferOutcome; 4] =
    [OfferOutcome::Answered, OfferOutcome::Elsewhere, OfferOutcome::Stopped, OfferOutcome::Unknown];

/// What a single leg says.
fn outcome(part: &Part<'_, '_>) -> OfferOutcome {
    match part.ending {
        Ending::Talked if part.speaker.is_some() => OfferOutcome::Answered,
        Ending::Voicemail => OfferOutcome::Voicemail,
        Ending::Machine => OfferOutcome::Machine,
        Ending::Declined => OfferOutcome::Declined,
        Ending::Elsewhere => OfferOutcome::Elsewhere,
        Ending::Stopped => OfferOutcome::Stopped,
        Ending::Busy => OfferOutcome::Busy,
        Ending::Abandoned | Ending::HungUp => OfferOutcome::HungUp,
        Ending::Missed => OfferOutcome::Missed,
        Ending::Failed => OfferOutcome::Failed,
        Ending::Talked
        | Ending::CallbackRequested
        | Ending::Blocked
        | Ending::InProgress
        | Ending::Delivered
        | Ending::Other => OfferOutcome::Unknown,
    }
}
