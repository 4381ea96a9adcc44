//! Charts that are made of nothing but tables: no mail program leaves those out, as they do with SVG, and with images
//! until somebody allows them.

use std::fmt::Write as _;

use super::heat::colour;
use super::scale::short;
use super::{COLOURS, Data, Series, escaped, shortened};
use crate::ChartKind;

/// Labels of bars, which stand below each other; of lines the last ones are drawn, of bars the first.
const MOST_LABELS: usize = 62;

/// Rows of a heat map.
const MOST_ROWS: usize = 40;

/// What the longest bar takes of the width, in percent; its value stands behind it.
const LONGEST: f64 = 82.0;

/// Values that are darker than this part of the largest have white letters.
const DARK: f64 = 0.55;

const TABLE: &str =
    "<table role=\"presentation\" cellspacing=\"0\" cellpadding=\"0\" border=\"0\" width=\"100%\"";

/// Draws an answer.
pub(crate) fn cells(kind: ChartKind, data: &Data) -> String {
    if data.labels.is_empty() {
        return String::new();
    }
    match kind {
        ChartKind::Heat => heat(data),
        ChartKind::Line | ChartKind::Bar => bars(data, kind == ChartKind::Line, false),
        ChartKind::Stacked => bars(data, false, true),
    }
}

fn bars(data: &Data, newest: bool, stacked: bool) -> String {
    let most = data.most(stacked);
    let over = data.labels.len().saturating_sub(MOST_LABELS);
    let drawn = if newest { over..data.labels.len() } else { 0..data.labels.len() - over };
    let mut html = legend(&data.series);
    let _ = writeln!(html, "{TABLE} style=\"font-size:12px\">");
    for label in drawn {
        let name = escaped(&shortened(&data.labels[label], 24));
        let _ = write!(
            html,
            "<tr><td width=\"120\" align=\"right\" style=\"padding:2px 8px 2px 0;white-space:nowrap\">{name}</td>\
             <td style=\"padding:2px 0\">"
        );
        if stacked {
            stack(&mut html, &data.series, label, most);
        } else {
            data.series.iter().enumerate().for_each(|(place, series)| {
                if let Some(value) = finite(series, label) {
                    let _ = write!(html, "{TABLE}><tr>");
                    bar(&mut html, place, value, most);
                    let _ = writeln!(
                        html,
                        "<td style=\"padding-left:6px\">{}</td></tr></table>",
                        short(value)
                    );
                }
            });
        }
        html.push_str("</td></tr>\n");
    }
    html.push_str("</table>\n");
    if over > 0 {
        let which = if newest { "last" } else { "first" };
        let _ = writeln!(html, "<p>The {which} {MOST_LABELS} of {}.</p>", data.labels.len());
    }
    html
}

fn stack(html: &mut String, series: &[Series], label: usize, most: f64) {
    let _ = write!(html, "{TABLE}><tr>");
    let mut sum = 0.0;
    for (place, series) in series.iter().enumerate() {
        let value = finite(series, label).unwrap_or(0.0);
        bar(html, place, value, most);
        sum += value;
    }
    let _ = writeln!(html, "<td style=\"padding-left:6px\">{}</td></tr></table>", short(sum));
}

fn bar(html: &mut String, place: usize, value: f64, most: f64) {
    let width = if most > 0.0 { (LONGEST * value / most).round() } else { 0.0 };
    if width >= 1.0 {
        let colour = COLOURS[place % COLOURS.len()];
        let _ = write!(html, "<td width=\"{width}%\" height=\"10\" bgcolor=\"{colour}\"></td>");
    }
}

fn heat(data: &Data) -> String {
    let most = data.most(false);
    let mut html = format!("{TABLE} style=\"font-size:11px;text-align:center\">\n<tr><td></td>");
    let width = 86 / data.labels.len().max(1);
    for label in &data.labels {
        let _ = write!(html, "<td width=\"{width}%\">{}</td>", escaped(&shortened(label, 10)));
    }
    html.push_str("</tr>\n");
    for series in data.series.iter().take(MOST_ROWS) {
        let name = escaped(&shortened(&series.name, 24));
        let _ = write!(html, "<tr><td align=\"right\" style=\"padding-right:8px\">{name}</td>");
        for label in 0..data.labels.len() {
            match finite(series, label) {
                Some(value) => {
                    let ink = if value > DARK * most { "#ffffff" } else { "#1b2733" };
                    let _ = write!(
                        html,
                        "<td height=\"22\" bgcolor=\"{}\" style=\"color:{ink}\">{}</td>",
                        colour(value, most),
                        short(value)
                    );
                }
                None => html.push_str("<td></td>"),
            }
        }
        html.push_str("</tr>\n");
    }
    html.push_str("</table>\n");
    if data.series.len() > MOST_ROWS {
        let _ = writeln!(html, "<p>The first {MOST_ROWS} of {} rows.</p>", data.series.len());
    }
    html
}

fn legend(series: &[Series]) -> String {
    let name = |(place, series): (usize, &Series)| {
        let colour = COLOURS[place % COLOURS.len()];
        let name = escaped(&series.name);
        format!("<span style=\"color:{colour}\">&#9632;</span>&nbsp;{name}")
    };
    let names: Vec<_> = series.iter().enumerate().map(name).collect();
    format!("<p style=\"font-size:12px\">{}</p>\n", names.join(" &nbsp; "))
}

fn finite(series: &Series, label: usize) -> Option<f64> {
    series.values[label].filter(|value| value.is_finite() && *value >= 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(labels: usize) -> Data {
        let values = |factor: f64| (0..labels).map(|label| Some(factor * label as f64)).collect();
        let series = vec![
            Series { name: "calls".to_owned(), values: values(1.0) },
            Series { name: "<b>missed".to_owned(), values: values(0.5) },
        ];
        Data { labels: (0..labels).map(|label| format!("day {label}")).collect(), series }
    }

    #[test]
    fn bars_are_as_wide_as_their_values() {
        let html = cells(ChartKind::Bar, &data(11));
        assert!(html.contains("<td width=\"82%\" height=\"10\" bgcolor=\"#0072b2\"></td><td style=\"padding-left:6px\">10</td>"), "{html}");
        assert!(html.contains("<td width=\"41%\" height=\"10\" bgcolor=\"#e69f00\"></td><td style=\"padding-left:6px\">5</td>"), "{html}");
        assert!(html.contains("&lt;b&gt;missed") && !html.contains("<b>"), "{html}");
        let stacked = cells(ChartKind::Stacked, &data(11));
        assert!(stacked.contains("width=\"55%\"") && stacked.contains(">15</td>"), "{stacked}");
    }

    #[test]
    fn of_many_the_last_are_drawn_on_lines_and_the_first_as_bars() {
        let line = cells(ChartKind::Line, &data(100));
        assert!(
            line.contains("day 99<")
                && !line.contains("day 37<")
                && line.contains("The last 62 of 100."),
            "{line}"
        );
        let bars = cells(ChartKind::Bar, &data(100));
        assert!(
            bars.contains("day 0<")
                && !bars.contains("day 62<")
                && bars.contains("The first 62 of 100."),
            "{bars}"
        );
    }

    #[test]
    fn what_is_no_number_is_not_drawn() {
        let series =
            vec![Series { name: "a".to_owned(), values: vec![Some(f64::NAN), None, Some(2.0)] }];
        let data = Data { labels: ["x", "y", "z"].map(str::to_owned).to_vec(), series };
        for kind in [ChartKind::Line, ChartKind::Bar, ChartKind::Stacked, ChartKind::Heat] {
            let html = cells(kind, &data);
            assert!(!html.contains("NaN") && html.contains(">2</td>"), "{html}");
        }
        assert_eq!(cells(ChartKind::Line, &Data::default()), "");
    }
}
