//! How numbers are made of counted calls. Nothing is ever averaged twice: all is sums, and quotients of sums.

use std::collections::{BTreeMap, BTreeSet};

use super::facet::{Cell, Facet, Side};
use super::interval::Interval;
use super::metric::{Measure, Metric, Shape};

/// How calls become a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Formula {
    /// All together.
    Sum,
    /// The part of all of the group's calls, or of their time, in hundredths.
    Percent,
    /// Of a piece of time, else of a call.
    Of(Statistic, Option<Interval>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Statistic {
    Average,
    Least,
    Most,
}

impl Formula {
    /// Which pieces of time cells have to be of.
    pub(super) const fn interval(self) -> Option<Interval> {
        match self {
            Self::Of(_, interval) => interval,
            Self::Sum | Self::Percent => None,
        }
    }
}

/// What is known of the calls behind one number.
#[derive(Debug, Default)]
struct Tally {
    calls: u64,
    opportunities: u64,
    spent_ms: i64,
    /// Of one call.
    least_ms: Option<i64>,
    most_ms: Option<i64>,
    /// Calls and milliseconds of each piece of time that has any.
    pieces: BTreeMap<i64, (u64, i64)>,
}

impl Tally {
    fn add(&mut self, cell: &Cell) {
        self.calls += cell.calls;
        self.opportunities += cell.opportunities;
        self.spent_ms += cell.spent_ms;
        self.least_ms = Some(self.least_ms.map_or(cell.least_ms, |least| least.min(cell.least_ms)));
        self.most_ms = self.most_ms.max(Some(cell.most_ms));
        let piece = self.pieces.entry(cell.piece_ms).or_default();
        *piece = (piece.0 + cell.calls, piece.1 + cell.spent_ms);
    }

    /// Calls, or seconds.
    fn sum(&self, measure: Measure) -> f64 {
        match measure {
            Measure::Calls => self.calls as f64,
            Measure::Time => seconds(self.spent_ms),
        }
    }

    /// Of one call. Of none it is 0: the contract wants a number.
    fn per_call(&self, statistic: Statistic) -> f64 {
        match statistic {
            Statistic::Average => quotient(seconds(self.spent_ms), self.calls as f64),
            Statistic::Least => seconds(self.least_ms.unwrap_or_default()),
            Statistic::Most => seconds(self.most_ms.unwrap_or_default()),
        }
    }

    /// Of one of so many pieces of time, those without calls included.
    fn per_piece(&self, statistic: Statistic, measure: Measure, pieces: usize) -> f64 {
        let of = |piece: &(u64, i64)| match measure {
            Measure::Calls => piece.0 as f64,
            Measure::Time => seconds(piece.1),
        };
        let filled = self.pieces.values().map(of);
        match statistic {
            Statistic::Average => quotient(self.sum(measure), pieces as f64),
            Statistic::Most => filled.fold(0.0, f64::max),
            Statistic::Least if self.pieces.len() < pieces => 0.0,
            Statistic::Least => filled.reduce(f64::min).unwrap_or_default(),
        }
    }
}

fn seconds(ms: i64) -> f64 {
    ms as f64 / 1000.0
}

fn quotient(part: f64, whole: f64) -> f64 {
    if whole == 0.0 { 0.0 } else { part / whole }
}

/// A metric's numbers over some cells of a group: one for each word of its facet, or a single one. `None` where nobody
/// knows what some of the calls are. `pieces` is how many pieces of time there are.
pub(super) fn numbers<'c>(
    metric: &Metric,
    formula: Formula,
    cells: impl Iterator<Item = &'c Cell> + Clone,
    pieces: usize,
) -> Option<Vec<f64>> {
    let mut whole = Tally::default();
    cells.clone().for_each(|cell| whole.add(cell));
    let number = |tally: &Tally| match formula {
        Formula::Sum if metric.shape == Shape::Opportunities => tally.opportunities as f64,
        Formula::Sum => tally.sum(metric.measure),
        Formula::Percent => 100.0 * quotient(tally.sum(metric.measure), whole.sum(metric.measure)),
        Formula::Of(statistic, None) => tally.per_call(statistic),
        Formula::Of(statistic, Some(_)) => tally.per_piece(statistic, metric.measure, pieces),
    };
    match metric.shape {
        Shape::All | Shape::Opportunities => Some(vec![number(&whole)]),
        Shape::By(facet) => Some(tallies(facet, cells)?.iter().map(number).collect()),
        Shape::OfEvents => None,
    }
}

fn tallies<'c>(facet: Facet, cells: impl Iterator<Item = &'c Cell>) -> Option<Vec<Tally>> {
    let mut tallies: Vec<Tally> = facet.words().iter().map(|_| Tally::default()).collect();
    for cell in cells {
        match cell.side(facet) {
            Side::Unknown => return None,
            Side::Neither => {}
            Side::Word(place) => tallies.get_mut(usize::from(place))?.add(cell),
        }
    }
    Some(tallies)
}

/// Which pieces of time some formulas want cells of, each once; those that want none have any.
pub(super) fn intervals(formulas: impl Iterator<Item = Formula>) -> Vec<Option<Interval>> {
    let wanted: BTreeSet<_> = formulas.filter_map(Formula::interval).collect();
    if wanted.is_empty() { vec![None] } else { wanted.into_iter().map(Some).collect() }
}
