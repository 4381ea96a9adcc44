//! Charts of answers, as SVG. The crates for that are either heavy or draw on everything but paper; these four ways are
//! few enough to be drawn here.

mod cells;
mod data;
mod heat;
mod scale;
mod xy;

use std::fmt::Write as _;

use crate::ChartKind;

pub(crate) use cells::cells;
pub use data::{Data, Series};

/// Wide and high, in pixels.
const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 380.0;

/// Told apart by people who do not see all colours (Okabe and Ito).
const COLOURS: [&str; 8] =
    ["#0072b2", "#e69f00", "#009e73", "#d55e00", "#56b4e9", "#cc79a7", "#8c6d1f", "#6b7785"];
const INK: &str = "#1b2733";
const PALE: &str = "#dfe5eb";

/// Draws an answer.
#[must_use]
pub fn svg(kind: ChartKind, title: &str, data: &Data) -> String {
    let (body, height) = match kind {
        ChartKind::Heat => heat::draw(data),
        ChartKind::Line => (xy::lines(data), HEIGHT),
        ChartKind::Bar => (xy::bars(data), HEIGHT),
        ChartKind::Stacked => (xy::stacked(data), HEIGHT),
    };
    let title = escaped(title);
    let mut svg = String::with_capacity(body.len() + 400);
    let _ = write!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" \
         height=\"{height}\" role=\"img\" font-family=\"system-ui,sans-serif\" font-size=\"12\" fill=\"{INK}\">\n\
         <title>{title}</title>\n{body}</svg>"
    );
    svg
}

/// Text that XML and HTML take for nothing but text: callers choose their names.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for each in text.chars() {
        match each {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            // No document may have these in it.
            '\u{fffe}' | '\u{ffff}' => safe.push('\u{fffd}'),
            each if each.is_control() => safe.push(' '),
            each => safe.push(each),
        }
    }
    safe
}

/// A text at a place.
fn label(body: &mut String, (x, y): (f64, f64), anchor: &str, text: &str) {
    let text = escaped(text);
    let _ =
        writeln!(body, "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{text}</text>");
}

/// A rectangle with a text to be shown when one points at it.
fn rect(
    body: &mut String,
    (x, y): (f64, f64),
    (width, height): (f64, f64),
    colour: &str,
    told: &str,
) {
    let told = escaped(told);
    let _ = writeln!(
        body,
        "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" fill=\"{colour}\">\
         <title>{told}</title></rect>"
    );
}

/// No longer than so many characters.
fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn nothing_of_a_text_is_markup(text in any::<String>()) {
            let safe = escaped(&text);
            let odd = |each: char| "<>\"'".contains(each) || each.is_control();
            prop_assert!(!safe.chars().any(odd));
        }
    }

    #[test]
    fn hostile_names_stay_names() {
        let name = "</title><script>alert('x')</script>\u{0}&";
        let series =
            vec![Series { name: name.to_owned(), values: vec![Some(1.0), None, Some(f64::NAN)] }];
        let labels = vec![name.to_owned(), "b".to_owned(), "c".to_owned()];
        let data = Data { labels, series };
        for kind in [ChartKind::Line, ChartKind::Bar, ChartKind::Stacked, ChartKind::Heat] {
            let svg = svg(kind, name, &data);
            assert!(!svg.contains("<script") && svg.contains("&lt;script&gt;"), "{svg}");
            assert!(!svg.contains("NaN"), "{svg}");
        }
    }
}
