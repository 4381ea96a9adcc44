//! A page that needs nothing else: no script, no font, no image from elsewhere.

use std::io::Write;

use crate::chart::{Data, escaped, svg};
use crate::{Column, Error, Page, Rows, head, text};

/// Rows of the table; files of other forms have them all.
const MOST_ROWS: usize = 10_000;

const STYLE: &str = "\
body{font:15px/1.45 system-ui,sans-serif;color:#1b2733;background:#fff;margin:2rem auto;max-width:1100px;padding:0 1rem}\
h1{font-size:1.5rem;margin:0}p{margin:.3rem 0 1rem;color:#51606f}\
dl{display:flex;flex-wrap:wrap;gap:.2rem 1.4rem;margin:0 0 1rem}dl div{display:flex;gap:.4rem}dt{color:#51606f}dd{margin:0}\
svg{max-width:100%;height:auto;margin:.5rem 0 1rem}.wide{overflow-x:auto}\
table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.9rem}\
th{text-align:left;border-bottom:2px solid #c8d1da;white-space:nowrap}td{border-bottom:1px solid #e6ebf0}\
th,td{padding:.25rem .7rem;vertical-align:top}.n{text-align:right}";

pub(super) fn write(
    page: &Page<'_>,
    columns: &[Column],
    rows: &[Rows],
    out: &mut impl Write,
) -> Result<(), Error> {
    let (title, question) = (escaped(page.title), escaped(page.question));
    write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <h1>{title}</h1>\n<p>{question}</p>\n<dl>\n"
    )?;
    for (name, value) in &page.parameters {
        writeln!(out, "<div><dt>{}</dt><dd>{}</dd></div>", escaped(name), escaped(value))?;
    }
    out.write_all(b"</dl>\n")?;
    if let Some(chart) = page.chart {
        writeln!(out, "{}", svg(chart.kind, page.title, &Data::of(chart, columns, rows)?))?;
    }
    table(page, columns, rows, out)?;
    out.write_all(b"</body>\n</html>\n")?;
    Ok(())
}

fn table(
    page: &Page<'_>,
    columns: &[Column],
    rows: &[Rows],
    out: &mut impl Write,
) -> Result<(), Error> {
    out.write_all(b"<div class=\"wide\">\n<table>\n<thead>\n<tr>")?;
    for column in columns {
        write!(out, "<th{}>{}</th>", class(column), escaped(&head(&column.name)))?;
    }
    out.write_all(b"</tr>\n</thead>\n<tbody>\n")?;
    let all = rows.iter().flat_map(|rows| (0..rows.count()).map(move |row| (rows, row)));
    for (rows, row) in all.take(MOST_ROWS) {
        out.write_all(b"<tr>")?;
        for (column, cell) in columns.iter().zip(rows.row(row)) {
            let text = text(&column.name, &cell, page.zone);
            write!(out, "<td{}>{}</td>", class(column), escaped(&text))?;
        }
        out.write_all(b"</tr>\n")?;
    }
    out.write_all(b"</tbody>\n</table>\n</div>\n")?;
    let count: usize = rows.iter().map(Rows::count).sum();
    if count > MOST_ROWS {
        writeln!(out, "<p>The first {MOST_ROWS} of {count} rows.</p>")?;
    }
    Ok(())
}

fn class(column: &Column) -> &'static str {
    if column.is_number() { " class=\"n\"" } else { "" }
}
