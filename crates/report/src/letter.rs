//! An answer as the body of a mail: in plain text, and in the HTML that mail programs show.

use std::fmt::Write as _;

use callbook_lake::Answer;

use crate::chart::{Data, cells, escaped};
use crate::{Column, Error, Page, Rows, head, text};

/// Rows of the tables: Gmail cuts off what is longer than 102 kB.
const MOST_ROWS: usize = 50;

/// Rows that charts are drawn of.
const CHARTED: usize = 10_000;

/// Values of so many characters stay on one line.
const SHORT: usize = 20;

/// Characters of a value of the plain table.
const WIDEST: usize = 32;

const INK: &str = "#1b2733";
const GREY: &str = "#51606f";
const STRIPE: &str = "#f1f4f7";

/// What a mail shows of an answer, with a line of its own at the end.
pub struct Letter<'a> {
    page: &'a Page<'a>,
    columns: Vec<Column>,
    rows: Vec<Rows>,
    count: u64,
}

impl<'a> Letter<'a> {
    /// Reads an answer to its end.
    ///
    /// # Errors
    /// When the lake fails.
    pub async fn read(mut answer: Answer, page: &'a Page<'a>) -> Result<Self, Error> {
        let columns = Column::all(&answer.schema());
        let (mut rows, mut count) = (Vec::new(), 0);
        while let Some(batch) = answer.next().await? {
            let room = CHARTED.saturating_sub(count);
            if room > 0 {
                rows.push(Rows::of(&batch.slice(0, room.min(batch.num_rows())))?);
            }
            count += batch.num_rows();
        }
        Ok(Self { page, columns, rows, count: count as u64 })
    }

    /// Rows of the answer.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.count
    }

    /// For programs without HTML.
    #[must_use]
    pub fn text(&self, foot: &str) -> String {
        let Page { title, question, parameters, .. } = self.page;
        let mut text = format!("{title}\n{question}\n\n");
        for (name, value) in parameters {
            let _ = writeln!(text, "{name}: {value}");
        }
        let heads: Vec<String> = self.columns.iter().map(|column| head(&column.name)).collect();
        let lines: Vec<Vec<String>> = std::iter::once(heads).chain(self.values()).collect();
        let width = |place: usize| lines.iter().map(|line| wide(&line[place])).max().unwrap_or(0);
        let widths: Vec<usize> = (0..self.columns.len()).map(width).collect();
        text.push('\n');
        for line in &lines {
            let cells = line.iter().zip(&widths).zip(&self.columns);
            let cells = cells.map(|((value, width), column)| {
                let value: String = value.chars().take(WIDEST).collect();
                let gap = " ".repeat(width.saturating_sub(wide(&value)));
                if column.is_number() { format!("{gap}{value}") } else { format!("{value}{gap}") }
            });
            let line = cells.collect::<Vec<_>>().join("  ");
            let _ = writeln!(text, "{}", line.trim_end());
        }
        let _ = write!(text, "\n{}{foot}\n", self.left_out());
        text
    }

    /// With the chart.
    ///
    /// # Errors
    /// When the chart needs a column that is not there.
    pub fn html(&self, foot: &str) -> Result<String, Error> {
        let (title, question) = (escaped(self.page.title), escaped(self.page.question));
        let mut html = format!(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/><title>{title}</title></head>\n\
             <body style=\"margin:0;padding:16px;background:#ffffff;color:{INK};font:14px/1.4 Arial,Helvetica,sans-serif\">\n\
             <h1 style=\"font-size:20px;margin:0\">{title}</h1>\n<p style=\"color:{GREY};margin:4px 0 8px\">{question}</p>\n<p>"
        );
        for (name, value) in &self.page.parameters {
            let (name, value) = (escaped(name), escaped(value));
            let _ = write!(html, "<span style=\"color:{GREY}\">{name}</span>&nbsp;{value} &nbsp; ");
        }
        html.push_str("</p>\n");
        if let Some(chart) = self.page.chart {
            html += &cells(chart.kind, &Data::of(chart, &self.columns, &self.rows)?);
        }
        self.table(&mut html);
        let below = escaped(&format!("{}{foot}", self.left_out()));
        let _ =
            writeln!(html, "<p style=\"color:{GREY};font-size:12px\">{below}</p>\n</body></html>");
        Ok(html)
    }

    fn table(&self, html: &mut String) {
        html.push_str("<table cellspacing=\"0\" cellpadding=\"5\" border=\"0\" style=\"font-size:13px;margin-top:12px\">\n<tr>");
        let align = |column: &Column| if column.is_number() { " align=\"right\"" } else { "" };
        for column in &self.columns {
            let name = escaped(&head(&column.name));
            let _ = write!(
                html,
                "<td{} style=\"border-bottom:2px solid #c8d1da\"><b>{name}</b></td>",
                align(column)
            );
        }
        html.push_str("</tr>\n");
        for (place, row) in self.values().enumerate() {
            html.push_str("<tr");
            if place % 2 == 1 {
                let _ = write!(html, " bgcolor=\"{STRIPE}\"");
            }
            html.push('>');
            for (column, value) in self.columns.iter().zip(row) {
                let whole = if value.chars().count() <= SHORT { " nowrap" } else { "" };
                let _ = write!(html, "<td{}{whole}>{}</td>", align(column), escaped(&value));
            }
            html.push_str("</tr>\n");
        }
        html.push_str("</table>\n");
    }

    /// The first rows, as people read them.
    fn values(&self) -> impl Iterator<Item = Vec<String>> {
        let rows = self.rows.iter().flat_map(|rows| (0..rows.count()).map(move |row| (rows, row)));
        rows.take(MOST_ROWS).map(|(rows, row)| {
            let cells = self.columns.iter().zip(rows.row(row));
            // Callers choose their names, and a line is a line.
            let value = |(column, cell): (&Column, _)| {
                text(&column.name, &cell, self.page.zone).replace(char::is_control, " ")
            };
            cells.map(value).collect()
        })
    }

    fn left_out(&self) -> String {
        match self.count {
            0 => "Nothing found. ".to_owned(),
            count if count > MOST_ROWS as u64 => format!("The first {MOST_ROWS} of {count} rows. "),
            _ => String::new(),
        }
    }
}

/// Characters that are shown of a value.
fn wide(value: &str) -> usize {
    value.chars().count().min(WIDEST)
}
