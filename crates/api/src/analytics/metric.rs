//! The contract's counters and timers, and where their values come from.

use super::facet::Facet;
use crate::ports::Grouping;

/// Calls, or the time that they took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measure {
    Calls,
    Time,
}

/// Which numbers a counter or timer has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// One for all calls.
    All,
    /// One for each word.
    By(Facet),
    /// How often queues' calls were offered.
    Opportunities,
    /// What only telephony session events tell.
    OfEvents,
}

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Provenance {
    /// The log says it.
    Log,
    /// It follows from the order and lengths of legs.
    Inferred,
    /// The log does not say, so nothing is said.
    Unavailable,
}

impl Provenance {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Log => "log",
            Self::Inferred => "inferred",
            Self::Unavailable => "unavailable",
        }
    }
}

/// A counter or a timer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Metric {
    pub(super) measure: Measure,
    /// As requests call it.
    pub(super) name: &'static str,
    /// As answers call it.
    pub(super) field: &'static str,
    pub(super) shape: Shape,
}

const fn counter(name: &'static str, field: &'static str, shape: Shape) -> Metric {
    Metric { measure: Measure::Calls, name, field, shape }
}

const fn timer(name: &'static str, field: &'static str, shape: Shape) -> Metric {
    Metric { measure: Measure::Time, name, field, shape }
}

pub(super) const COUNTERS: [Metric; 13] = [
    counter("allCalls", "allCalls", Shape::All),
    counter("callsByDirection", "callsByDirection", Shape::By(Facet::Direction)),
    counter("callsByOrigin", "callsByOrigin", Shape::By(Facet::Origin)),
    counter("callsByResponse", "callsByResponse", Shape::By(Facet::Response)),
    counter("callsByResult", "callsByResult", Shape::By(Facet::Result)),
    counter("callsByType", "callsByType", Shape::By(Facet::Type)),
    counter("callsByQueueSla", "callsByQueueSla", Shape::By(Facet::QueueSla)),
    counter("callsByCompanyHours", "callsByCompanyHours", Shape::By(Facet::CompanyHours)),
    counter("callsByQueueHours", "callsByQueueHours", Shape::By(Facet::QueueHours)),
    counter("queueOpportunities", "queueOpportunities", Shape::Opportunities),
    counter("callsSegments", "callsSegments", Shape::OfEvents),
    counter("callsByEndingParty", "callsByEndingParty", Shape::OfEvents),
    counter("callsByActions", "callsActions", Shape::OfEvents),
];

pub(super) const TIMERS: [Metric; 11] = [
    timer("allCallsDuration", "allCalls", Shape::All),
    timer("callsDurationByDirection", "callsByDirection", Shape::By(Facet::Direction)),
    timer("callsDurationByOrigin", "callsByOrigin", Shape::By(Facet::Origin)),
    timer("callsDurationByResponse", "callsByResponse", Shape::By(Facet::Response)),
    timer("callsDurationByResult", "callsByResult", Shape::By(Facet::Result)),
    timer("callsDurationByType", "callsByType", Shape::By(Facet::Type)),
    timer("callsDurationByQueueSla", "callsByQueueSla", Shape::By(Facet::QueueSla)),
    timer("callsDurationByCompanyHours", "callsByCompanyHours", Shape::By(Facet::CompanyHours)),
    timer("callsDurationByQueueHours", "callsByQueueHours", Shape::By(Facet::QueueHours)),
    timer("callsSegmentsDuration", "callsSegments", Shape::OfEvents),
    timer("callsDurationByEndingParty", "callsByEndingParty", Shape::OfEvents),
];

impl Metric {
    /// Where its values come from, for groups of a kind.
    pub(super) fn provenance(&self, grouping: Grouping) -> Provenance {
        let whole_calls = matches!(grouping, Grouping::Company | Grouping::CompanyNumbers);
        let told = match self.shape {
            Shape::All => Provenance::Log,
            Shape::By(facet) => facet.provenance(grouping),
            Shape::Opportunities if grouping == Grouping::Users => Provenance::Inferred,
            Shape::Opportunities | Shape::OfEvents => Provenance::Unavailable,
        };
        match (told, self.measure) {
            // How much of a call a group had is told by legs.
            (Provenance::Log, Measure::Time) if !whole_calls => Provenance::Inferred,
            _ => told,
        }
    }
}

impl Facet {
    /// Where it is known from, for groups of a kind.
    pub(super) fn provenance(self, grouping: Grouping) -> Provenance {
        use Grouping::{Company, CompanyNumbers, Departments, Queues, Sites, Users};
        match (self, grouping) {
            (Self::Direction | Self::Origin | Self::CompanyHours, _) => Provenance::Log,
            (Self::Response, Company | CompanyNumbers | Users | Sites | Departments) => {
                Provenance::Log
            }
            (Self::QueueHours, Queues) => Provenance::Log,
            (Self::Response | Self::QueueSla, Queues)
            | (Self::Result, Company | CompanyNumbers | Users | Queues)
            | (Self::Type, Users | Queues) => Provenance::Inferred,
            _ => Provenance::Unavailable,
        }
    }

    /// Whether the contract has it for groups of a kind at all.
    pub(super) fn applies(self, grouping: Grouping) -> bool {
        grouping == Grouping::Queues || !matches!(self, Self::QueueSla | Self::QueueHours)
    }
}
