//! What calls are broken down by, and calls counted by all of it at once.

/// Something that calls are broken down by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Facet {
    /// Who called, seen from the group.
    Direction,
    /// Whether somebody outside the company took part.
    Origin,
    /// Whether somebody of the group took it.
    Response,
    /// How it ended for the group.
    Result,
    /// How it came to the group.
    Type,
    /// Whether it was answered as soon as the queue promises.
    QueueSla,
    /// Whether the company was open.
    CompanyHours,
    /// Whether the queue was open.
    QueueHours,
}

/// The words of a facet: as filters have them, and as answers.
type Words = &'static [(&'static str, &'static str)];

const RESULTS: Words = &[
    ("Completed", "completed"),
    ("Abandoned", "abandoned"),
    ("Voicemail", "voicemail"),
    ("Unknown", "unknown"),
    ("Missed", "missed"),
    ("Accepted", "accepted"),
    ("Transferred", "transferred"),
    ("PickedUp", "pickedUp"),
    ("Forwarded", "forwarded"),
    ("AnsweredElsewhere", "answeredElsewhere"),
];

const TYPES: Words = &[
    ("Direct", "direct"),
    ("FromQueue", "fromQueue"),
    ("ParkRetrieval", "parkRetrieval"),
    ("Transferred", "transferred"),
    ("Outbound", "outbound"),
    ("Overflow", "overflow"),
    ("QueueCallPickup", "queueCallPickup"),
];

const RESPONSES: Words = &[
    ("Answered", "answered"),
    ("NotAnswered", "notAnswered"),
    ("Connected", "connected"),
    ("NotConnected", "notConnected"),
];

const HOURS: Words = &[("BusinessHours", "businessHours"), ("AfterHours", "afterHours")];

impl Facet {
    /// Each of them, in the order of [`Cell::sides`].
    pub const ALL: [Self; 8] = [
        Self::Direction,
        Self::Origin,
        Self::Response,
        Self::Result,
        Self::Type,
        Self::QueueSla,
        Self::CompanyHours,
        Self::QueueHours,
    ];

    /// What a call can be.
    pub(super) fn words(self) -> Words {
        match self {
            Self::Direction => &[("Inbound", "inbound"), ("Outbound", "outbound")],
            Self::Origin => &[("Internal", "internal"), ("External", "external")],
            Self::Response => RESPONSES,
            Self::Result => RESULTS,
            Self::Type => TYPES,
            Self::QueueSla => &[("InSla", "inSla"), ("OutSla", "outOfSla")],
            Self::CompanyHours | Self::QueueHours => HOURS,
        }
    }

    /// What a call is, by a word of filters; no word: not known; an empty one: nothing of these. `None` for any other.
    #[must_use]
    pub fn side(self, word: Option<&str>) -> Option<Side> {
        match word {
            None => Some(Side::Unknown),
            Some("") => Some(Side::Neither),
            Some(word) => {
                let place = self.words().iter().position(|(known, _)| *known == word)?;
                Some(Side::Word(u8::try_from(place).ok()?))
            }
        }
    }
}

/// What calls are, in the sense of a facet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// Nobody knows.
    Unknown,
    /// Nothing of what the facet has words for.
    Neither,
    /// The word at this place.
    Word(u8),
}

/// Calls that are alike in everything that is told apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// Which piece of time they began in: of an hour, when it began; of longer ones, what the clock on the wall showed
    /// then, as if it were UTC's. Milliseconds since 1970-01-01T00:00:00Z.
    pub piece_ms: i64,
    /// What they are, for each of [`Facet::ALL`].
    pub sides: [Side; Facet::ALL.len()],
    /// How many.
    pub calls: u64,
    /// How often one of a queue's calls was offered.
    pub opportunities: u64,
    /// The time that the group spent on all of them together.
    pub spent_ms: i64,
    /// The least that it spent on one.
    pub least_ms: i64,
    /// The most that it spent on one.
    pub most_ms: i64,
}

impl Cell {
    pub(super) fn side(&self, facet: Facet) -> Side {
        self.sides[facet as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_of_the_list() {
        for (place, facet) in Facet::ALL.into_iter().enumerate() {
            assert_eq!(facet as usize, place);
            assert_eq!(facet.side(Some(facet.words()[1].0)), Some(Side::Word(1)));
            assert_eq!(facet.side(Some("?")), None);
        }
    }
}
