//! `responseOptions`: which counters and timers, and how each is made.

use super::field::Field;
use super::formula::{Formula, Statistic};
use super::interval::Interval;
use super::metric::{COUNTERS, Measure, Metric, Shape, TIMERS};
use crate::error::ApiError;

/// `aggregationType`.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Sum,
    Percent,
    Of(Statistic),
}

pub(super) const KINDS: &[(&str, Kind)] = &[
    ("Sum", Kind::Sum),
    ("Percent", Kind::Percent),
    ("Average", Kind::Of(Statistic::Average)),
    ("Min", Kind::Of(Statistic::Least)),
    ("Max", Kind::Of(Statistic::Most)),
];

/// Those of an aggregation: each names its own formula.
pub(super) fn formulas(options: &Field<'_>) -> Result<Vec<(Metric, Formula)>, ApiError> {
    let mut wanted = Vec::new();
    each(options, |metric, option| {
        let formula = formula(metric, option)?;
        wanted.push((*metric, formula));
        Ok(())
    })?;
    Ok(wanted)
}

/// Those of a timeline: each is wanted or not, and a point has sums.
pub(super) fn flags(options: &Field<'_>) -> Result<Vec<(Metric, Formula)>, ApiError> {
    let mut wanted = Vec::new();
    each(options, |metric, option| {
        if option.flag()? {
            wanted.push((*metric, Formula::Sum));
        }
        Ok(())
    })?;
    Ok(wanted)
}

fn each(
    options: &Field<'_>,
    mut read: impl FnMut(&Metric, &Field<'_>) -> Result<(), ApiError>,
) -> Result<(), ApiError> {
    for (kind, metrics) in [("counters", &COUNTERS[..]), ("timers", &TIMERS[..])] {
        let Some(of_kind) = options.get(kind)? else { continue };
        for metric in metrics {
            if let Some(option) = of_kind.get(metric.name)? {
                read(metric, &option)?;
            }
        }
    }
    Ok(())
}

fn formula(metric: &Metric, option: &Field<'_>) -> Result<Formula, ApiError> {
    let kind = option.required("aggregationType")?;
    let interval = option.get("aggregationInterval")?;
    match kind.word(KINDS)? {
        Kind::Sum | Kind::Percent if interval.is_some() => {
            Err(interval.as_ref().unwrap_or(&kind).invalid())
        }
        Kind::Sum => Ok(Formula::Sum),
        _ if metric.shape == Shape::Opportunities => Err(kind.invalid()),
        Kind::Percent => Ok(Formula::Percent),
        Kind::Of(statistic) => {
            let interval = interval.map(|interval| interval.word(Interval::WORDS)).transpose()?;
            if interval.is_none() && metric.measure == Measure::Calls {
                return Err(option.required("aggregationInterval").err().unwrap_or(kind.invalid()));
            }
            Ok(Formula::Of(statistic, interval))
        }
    }
}
