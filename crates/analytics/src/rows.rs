//! Reading what SQL has answered.

use std::collections::HashMap;

use callbook_api::{CallGroup, Cell, Facet};
use callbook_lake::Answer;
use datafusion::arrow::array::{Array as _, AsArray as _, Int64Array, RecordBatch, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Int64Type};

use crate::error::Error;

/// Which column has what a call is, for each of [`Facet::ALL`].
const SIDES: [usize; Facet::ALL.len()] = [2, 3, 4, 5, 6, 7, 8, 9];

/// The keys in the only column.
pub(crate) async fn keys(mut answer: Answer) -> Result<Vec<String>, Error> {
    let mut keys = Vec::new();
    while let Some(batch) = answer.next().await? {
        keys.extend(texts(&batch, 0)?.iter().flatten().map(str::to_owned));
    }
    Ok(keys)
}

/// Groups with their keys and names, and nothing else yet.
pub(crate) async fn groups(mut answer: Answer) -> Result<Vec<CallGroup>, Error> {
    let mut groups = Vec::new();
    while let Some(batch) = answer.next().await? {
        let (keys, names, numbers) = (texts(&batch, 0)?, texts(&batch, 1)?, texts(&batch, 2)?);
        for row in 0..batch.num_rows() {
            groups.push(CallGroup {
                key: keys.value(row).to_owned(),
                name: at(&names, row).map(str::to_owned),
                extension_number: at(&numbers, row).map(str::to_owned),
                cells: Vec::new(),
            });
        }
    }
    Ok(groups)
}

/// Adds to each group the cells of one more interval; false if there are more than are left to be had.
pub(crate) async fn add_cells(
    mut answer: Answer,
    groups: &mut [CallGroup],
    left: &mut usize,
) -> Result<bool, Error> {
    let places = groups.iter().enumerate().map(|(place, group)| (group.key.clone(), place));
    let places: HashMap<String, usize> = places.collect();
    groups.iter_mut().for_each(|group| group.cells.push(Vec::new()));
    while let Some(batch) = answer.next().await? {
        let Some(rest) = left.checked_sub(batch.num_rows()) else { return Ok(false) };
        *left = rest;
        let columns = Columns::of(&batch)?;
        for row in 0..batch.num_rows() {
            let cells = places.get(columns.keys.value(row));
            let cells = cells.and_then(|place| groups[*place].cells.last_mut());
            if let Some(cells) = cells {
                cells.push(columns.cell(row)?);
            }
        }
    }
    Ok(true)
}

struct Columns {
    keys: StringArray,
    pieces: Int64Array,
    sides: Vec<StringArray>,
    /// Calls, opportunities, and time: all, least, most.
    numbers: [Int64Array; 5],
}

impl Columns {
    fn of(batch: &RecordBatch) -> Result<Self, Error> {
        let sides = SIDES.iter().map(|column| texts(batch, *column)).collect::<Result<_, _>>()?;
        let number = |column| numbers(batch, column);
        let numbers = [number(10)?, number(11)?, number(12)?, number(13)?, number(14)?];
        Ok(Self { keys: texts(batch, 0)?, pieces: number(1)?, sides, numbers })
    }

    fn cell(&self, row: usize) -> Result<Cell, Error> {
        let mut sides = [callbook_api::Side::Unknown; Facet::ALL.len()];
        for ((side, facet), column) in sides.iter_mut().zip(Facet::ALL).zip(&self.sides) {
            let word = at(column, row);
            let known = facet.side(word);
            *side =
                known.ok_or_else(|| Error::Word { word: word.unwrap_or_default().to_owned() })?;
        }
        let [calls, opportunities, spent_ms, least_ms, most_ms] =
            [0, 1, 2, 3, 4].map(|number: usize| self.numbers[number].value(row));
        Ok(Cell {
            piece_ms: self.pieces.value(row),
            sides,
            calls: calls.unsigned_abs(),
            opportunities: opportunities.unsigned_abs(),
            spent_ms,
            least_ms,
            most_ms,
        })
    }
}

fn texts(batch: &RecordBatch, column: usize) -> Result<StringArray, Error> {
    Ok(cast(batch.column(column), &DataType::Utf8)?.as_string::<i32>().clone())
}

fn numbers(batch: &RecordBatch, column: usize) -> Result<Int64Array, Error> {
    Ok(cast(batch.column(column), &DataType::Int64)?.as_primitive::<Int64Type>().clone())
}

fn at(texts: &StringArray, row: usize) -> Option<&str> {
    texts.is_valid(row).then(|| texts.value(row))
}
