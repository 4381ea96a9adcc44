//! An array of objects. Numbers have all their digits, moments are RFC 3339 in UTC.

use std::io::Write;

use callbook_exchange::Cell;
use callbook_lake::Answer;
use jiff::Timestamp;
use serde_json::Value;

use crate::{Column, Error};

pub(super) async fn write<W: Write>(mut answer: Answer, mut out: W) -> Result<(W, u64), Error> {
    let columns = Column::all(&answer.schema());
    let names: Vec<String> =
        columns.iter().map(|column| Value::from(column.name.as_str()).to_string()).collect();
    let mut count = 0;
    while let Some(rows) = super::next(&mut answer).await? {
        for row in 0..rows.count() {
            out.write_all(if count == 0 { b"[\n" } else { b",\n" })?;
            for (place, (name, cell)) in names.iter().zip(rows.row(row)).enumerate() {
                let before = if place == 0 { '{' } else { ',' };
                write!(out, "{before}{name}:{}", json(&cell))?;
            }
            out.write_all(b"}")?;
            count += 1;
        }
    }
    out.write_all(if count == 0 { b"[]\n" } else { b"\n]\n" })?;
    Ok((out, count))
}

fn json(cell: &Cell<'_>) -> String {
    match cell {
        Cell::Empty => "null".to_owned(),
        Cell::Text(text) | Cell::Id(text) => Value::from(text.as_ref()).to_string(),
        Cell::Number(number) => number.to_string(),
        // What is no number in JSON, such as infinity, is nothing.
        Cell::Float(number) => Value::from(*number).to_string(),
        Cell::Decimal(number) => number.clone(),
        Cell::Flag(flag) => flag.to_string(),
        Cell::Moment(ms) => shown(*ms, "\"%Y-%m-%dT%H:%M:%S.%3fZ\""),
        Cell::Clock(ms) => shown(*ms, "\"%Y-%m-%dT%H:%M:%S.%3f\""),
    }
}

fn shown(ms: i64, form: &str) -> String {
    let at = Timestamp::from_millisecond(ms).ok();
    at.map_or_else(|| "null".to_owned(), |at| at.strftime(form).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_exact() {
        assert_eq!(json(&Cell::Decimal("0.100000".to_owned())), "0.100000");
        assert_eq!(json(&Cell::Float(0.1)), "0.1");
        assert_eq!(json(&Cell::Float(f64::INFINITY)), "null");
        assert_eq!(json(&Cell::Moment(1)), "\"1970-01-01T00:00:00.001Z\"");
        assert_eq!(json(&Cell::Clock(1)), "\"1970-01-01T00:00:00.001\"");
        assert_eq!(json(&Cell::Text("\"\n</script>".into())), r#""\"\n</script>""#);
    }
}
