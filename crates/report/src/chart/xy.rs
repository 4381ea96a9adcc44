//! Lines and bars, with a measured axis.

use std::fmt::Write as _;

use super::scale::{short, steps};
use super::{COLOURS, Data, HEIGHT, PALE, Series, WIDTH, label, rect, shortened};

const LEFT: f64 = 56.0;
const RIGHT: f64 = 16.0;
const TOP: f64 = 34.0;
const BOTTOM: f64 = 40.0;

/// A label needs so much room.
const LABEL: f64 = 84.0;

/// The room that is drawn in.
struct Plot<'a> {
    data: &'a Data,
    top: f64,
    body: String,
}

pub(super) fn lines(data: &Data) -> String {
    let mut plot = Plot::new(data, false);
    for (place, series) in data.series.iter().enumerate() {
        plot.line(series, COLOURS[place % COLOURS.len()]);
    }
    plot.body
}

pub(super) fn bars(data: &Data) -> String {
    let mut plot = Plot::new(data, false);
    let width = plot.step() * 0.8 / data.series.len().max(1) as f64;
    for (place, series) in data.series.iter().enumerate() {
        for (label, value) in series.values.iter().enumerate() {
            let Some(value) = value.filter(|value| value.is_finite()) else { continue };
            let left = plot.x(label) - plot.step() * 0.4 + width * place as f64;
            plot.bar((left, width), (0.0, value), label, place);
        }
    }
    plot.body
}

pub(super) fn stacked(data: &Data) -> String {
    let mut plot = Plot::new(data, true);
    let width = plot.step() * 0.8;
    for label in 0..data.labels.len() {
        let mut below = 0.0;
        for (place, series) in data.series.iter().enumerate() {
            let value = series.values[label].filter(|value| value.is_finite()).unwrap_or(0.0);
            if value > 0.0 {
                let left = plot.x(label) - width / 2.0;
                plot.bar((left, width), (below, value), label, place);
                below += value;
            }
        }
    }
    plot.body
}

impl<'a> Plot<'a> {
    /// Axes, names of the series, labels.
    fn new(data: &'a Data, stacked: bool) -> Self {
        let (top, step) = steps(data.most(stacked));
        let mut plot = Self { data, top, body: String::new() };
        let marks = (top / step).round() as u32;
        for mark in 0..=marks {
            let value = f64::from(mark) * step;
            let y = plot.y(value);
            let right = WIDTH - RIGHT;
            let _ = writeln!(
                plot.body,
                "<path d=\"M{LEFT} {y:.1}H{right}\" stroke=\"{PALE}\" fill=\"none\"/>"
            );
            label(&mut plot.body, (LEFT - 8.0, y + 4.0), "end", &short(value));
        }
        let every = (LABEL / plot.step()).ceil().max(1.0) as usize;
        for (place, text) in data.labels.iter().enumerate().step_by(every) {
            let at = (plot.x(place), HEIGHT - BOTTOM + 18.0);
            label(&mut plot.body, at, "middle", &shortened(text, 14));
        }
        plot.legend();
        plot
    }

    fn legend(&mut self) {
        let room = (WIDTH - LEFT - RIGHT) / self.data.series.len().max(1) as f64;
        let most = ((room - 24.0) / 7.0).max(3.0) as usize;
        let mut x = LEFT;
        for (place, series) in self.data.series.iter().enumerate() {
            let name = shortened(&series.name, most);
            rect(
                &mut self.body,
                (x, 9.0),
                (11.0, 11.0),
                COLOURS[place % COLOURS.len()],
                &series.name,
            );
            label(&mut self.body, (x + 16.0, 19.0), "start", &name);
            x += 34.0 + 7.0 * name.chars().count() as f64;
        }
    }

    /// How far labels are apart.
    fn step(&self) -> f64 {
        (WIDTH - LEFT - RIGHT) / self.data.labels.len().max(1) as f64
    }

    fn x(&self, label: usize) -> f64 {
        LEFT + self.step() * (label as f64 + 0.5)
    }

    /// What lies outside of the axis ends at its end.
    fn y(&self, value: f64) -> f64 {
        let part = (value / self.top).clamp(0.0, 1.0);
        HEIGHT - BOTTOM - part * (HEIGHT - TOP - BOTTOM)
    }

    fn bar(
        &mut self,
        (left, width): (f64, f64),
        (below, value): (f64, f64),
        label: usize,
        series: usize,
    ) {
        let (low, high) = (self.y(below), self.y(below + value));
        let name = &self.data.series[series].name;
        let told = format!("{}: {} {name}", self.data.labels[label], short(value));
        let colour = COLOURS[series % COLOURS.len()];
        rect(&mut self.body, (left, high), (width.max(0.5), low - high), colour, &told);
    }

    /// Broken where a value is missing; a value alone is a dot.
    fn line(&mut self, series: &Series, colour: &str) {
        let mut path = String::new();
        let mut pen = 'M';
        for (place, value) in series.values.iter().enumerate() {
            let Some(value) = value.filter(|value| value.is_finite()) else {
                pen = 'M';
                continue;
            };
            let (x, y) = (self.x(place), self.y(value));
            let _ = write!(path, "{pen}{x:.1} {y:.1}");
            pen = 'L';
            if self.data.labels.len() <= 100 {
                let told = super::escaped(&format!(
                    "{}: {} {}",
                    self.data.labels[place],
                    short(value),
                    series.name
                ));
                let _ = writeln!(
                    self.body,
                    "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2.5\" fill=\"{colour}\"><title>{told}</title></circle>"
                );
            }
        }
        let _ = writeln!(
            self.body,
            "<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" stroke-linejoin=\"round\"/>"
        );
    }
}
