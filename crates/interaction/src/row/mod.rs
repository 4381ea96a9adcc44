//! The rows that reports are made of.
//!
//! Times are UTC; lengths are milliseconds. Texts borrow from the records and the directory.

mod interaction;
mod part;

use std::borrow::Cow;

use callbook_model::ExtensionId;

pub use interaction::{Cost, Direction, Disposition, Interaction, Kind, Origin, Source};
pub use part::{Leg, Offer, OfferOutcome, QueueVisit, Recording, VisitOutcome};

/// All rows of one interaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Derived<'a> {
    /// The one row of the table `interactions`.
    pub interaction: Interaction<'a>,
    /// Each once, earliest first.
    pub legs: Vec<Leg<'a>>,
    /// What users were offered, earliest first.
    pub offers: Vec<Offer>,
    /// Visits to queues, earliest first.
    pub queue_visits: Vec<QueueVisit>,
    /// Each once, earliest first.
    pub recordings: Vec<Recording<'a>>,
}

/// One end of a call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct End<'a> {
    /// E.164 where the number can be read so; `None` if it is withheld, or the end is known by its extension alone.
    pub number: Option<Cow<'a, str>>,
    /// The directory's name of that day, else the record's.
    pub name: Option<Cow<'a, str>>,
    /// The extension, if it is one of the company's.
    pub extension: Option<ExtensionId>,
}
