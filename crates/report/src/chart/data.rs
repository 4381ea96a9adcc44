//! What a chart shows, taken out of an answer.

use std::collections::HashMap;

use callbook_exchange::Cell;
use jiff::tz::TimeZone;

use crate::{Chart, ChartKind, Column, Error, Rows, head, text};

/// More lines, or kinds of bars, cannot be told apart; the first ones are drawn.
const MOST_SERIES: usize = 8;

/// More bars cannot be read; the first ones are drawn.
const MOST_BARS: usize = 120;

/// Values from left to right.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Data {
    /// What is written below, from left to right.
    pub labels: Vec<String>,
    /// Lines, kinds of bars, or rows of a heat map.
    pub series: Vec<Series>,
}

/// A line.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Series {
    /// What it is called.
    pub name: String,
    /// A value for each label, if there is one.
    pub values: Vec<Option<f64>>,
}

impl Data {
    /// Takes out of an answer what a chart shows. Rows without a value from left to right, such as sums over all, are
    /// left out.
    ///
    /// # Errors
    /// When the answer lacks a column.
    pub fn of(chart: &Chart, columns: &[Column], rows: &[Rows]) -> Result<Self, Error> {
        let place = |name: &String| {
            let found = columns.iter().position(|column| column.name == *name);
            found.ok_or_else(|| Error::ChartColumn { column: name.clone() })
        };
        let x = place(&chart.x)?;
        let measured = chart.y.iter().map(place).collect::<Result<Vec<_>, _>>()?;
        let series = chart.series.as_ref().map(place).transpose()?;
        let mut data = Gathered::default();
        for (rows, row) in
            rows.iter().flat_map(|rows| (0..rows.count()).map(move |row| (rows, row)))
        {
            let cell = rows.cell(row, x);
            if cell == Cell::Empty {
                continue;
            }
            let label = data.label(text(&columns[x].name, &cell, &TimeZone::UTC));
            for y in &measured {
                let name = match series {
                    Some(series) => {
                        text(&columns[series].name, &rows.cell(row, series), &TimeZone::UTC)
                    }
                    None => head(&columns[*y].name),
                };
                data.put(name, label, number(&columns[*y].name, &rows.cell(row, *y)));
            }
        }
        Ok(data.finish(chart.kind))
    }

    /// The largest value; of stacked bars, of the highest bar. 0 if there is nothing.
    pub(crate) fn most(&self, stacked: bool) -> f64 {
        let finite = |value: &Option<f64>| value.filter(|value| value.is_finite()).unwrap_or(0.0);
        let of_label = |label: usize| {
            let values = self.series.iter().map(|series| finite(&series.values[label]));
            if stacked { values.sum() } else { values.fold(0.0, f64::max) }
        };
        (0..self.labels.len()).map(of_label).fold(0.0, f64::max)
    }
}

/// Lengths are drawn in minutes, which people can read.
fn number(name: &str, cell: &Cell<'_>) -> Option<f64> {
    let number = cell.number()?;
    let number = if name.ends_with("_ms") { number / 60_000.0 } else { number };
    number.is_finite().then_some(number)
}

#[derive(Default)]
struct Gathered {
    labels: Vec<String>,
    label_places: HashMap<String, usize>,
    series: Vec<Series>,
    series_places: HashMap<String, usize>,
}

impl Gathered {
    fn label(&mut self, label: String) -> usize {
        let next = self.labels.len();
        *self.label_places.entry(label).or_insert_with_key(|label| {
            self.labels.push(label.clone());
            next
        })
    }

    fn put(&mut self, name: String, label: usize, value: Option<f64>) {
        let next = self.series.len();
        let place = *self.series_places.entry(name).or_insert_with_key(|name| {
            self.series.push(Series { name: name.clone(), values: Vec::new() });
            next
        });
        let values = &mut self.series[place].values;
        if values.len() <= label {
            values.resize(label + 1, None);
        }
        values[label] = value;
    }

    fn finish(self, kind: ChartKind) -> Data {
        let Self { labels, mut series, .. } = self;
        series.iter_mut().for_each(|series| series.values.resize(labels.len(), None));
        let mut data = Data { labels, series };
        match kind {
            ChartKind::Heat => data.sort_labels(),
            ChartKind::Line => data.series.truncate(MOST_SERIES),
            ChartKind::Bar | ChartKind::Stacked => {
                data.series.truncate(MOST_SERIES);
                data.labels.truncate(MOST_BARS);
                let most = data.labels.len();
                data.series.iter_mut().for_each(|series| series.values.truncate(most));
            }
        }
        data
    }
}

impl Data {
    /// Hours come in the order of the day, whatever day's came first.
    fn sort_labels(&mut self) {
        let numbers: Vec<Option<f64>> =
            self.labels.iter().map(|label| label.parse().ok()).collect();
        if numbers.iter().any(Option::is_none) {
            return;
        }
        let mut order: Vec<usize> = (0..self.labels.len()).collect();
        order.sort_by(|a, b| {
            numbers[*a].partial_cmp(&numbers[*b]).unwrap_or(std::cmp::Ordering::Equal)
        });
        self.labels = order.iter().map(|place| self.labels[*place].clone()).collect();
        for series in &mut self.series {
            series.values = order.iter().map(|place| series.values[*place]).collect();
        }
    }
}
