//! Heat maps.

use super::scale::short;
use super::{Data, WIDTH, label, rect, shortened};

const LEFT: f64 = 110.0;
const TOP: f64 = 28.0;
const ROW: f64 = 34.0;

/// The map and how high it is.
pub(super) fn draw(data: &Data) -> (String, f64) {
    let mut body = String::new();
    let width = (WIDTH - LEFT - 8.0) / data.labels.len().max(1) as f64;
    let most = data.most(false);
    for (place, text) in data.labels.iter().enumerate() {
        let x = LEFT + width * (place as f64 + 0.5);
        label(
            &mut body,
            (x, TOP - 10.0),
            "middle",
            &shortened(text, (width / 7.0).max(2.0) as usize),
        );
    }
    for (row, series) in data.series.iter().enumerate() {
        let y = TOP + ROW * row as f64;
        label(&mut body, (LEFT - 10.0, y + ROW / 2.0 + 4.0), "end", &shortened(&series.name, 14));
        for (place, value) in series.values.iter().enumerate() {
            let Some(value) = value.filter(|value| value.is_finite()) else { continue };
            let told = format!("{}, {}: {}", series.name, data.labels[place], short(value));
            let at = (LEFT + width * place as f64, y);
            rect(&mut body, at, (width - 2.0, ROW - 2.0), &colour(value, most), &told);
        }
    }
    (body, TOP + ROW * data.series.len() as f64 + 8.0)
}

/// From nearly white to dark blue.
pub(super) fn colour(value: f64, most: f64) -> String {
    let part = if most > 0.0 { (value / most).clamp(0.0, 1.0) } else { 0.0 };
    let mixed = |from: f64, to: f64| (from + (to - from) * part).round() as u8;
    format!("#{:02x}{:02x}{:02x}", mixed(238.0, 0.0), mixed(243.0, 72.0), mixed(248.0, 140.0))
}
