//! The list of all reports.

use callbook_report::{Catalog, Origin, Report};
use serde_json::json;

use crate::commands::print_json;
use crate::failure::{self, ExitCodeNumber};
use crate::output;

/// Prints a line for each.
pub(super) fn print(catalog: &Catalog, as_json: bool) -> anyhow::Result<ExitCodeNumber> {
    let partly = |code| if catalog.bad.is_empty() { code } else { failure::PARTLY };
    if as_json {
        let all: Vec<_> = catalog.iter().map(of).collect();
        return print_json(&all).map(partly);
    }
    let mut table = output::table(&["NAME", "ANSWERS"], &[1]);
    for report in catalog.iter() {
        table.add_row(output::row([report.name.clone(), report.question.clone()]));
    }
    output::print(&table)?;
    Ok(partly(failure::OK))
}

fn of(report: &Report) -> serde_json::Value {
    let path = match &report.origin {
        Origin::BuiltIn => None,
        Origin::File { path, .. } => Some(path),
    };
    json!({
        "name": report.name,
        "title": report.title,
        "question": report.question,
        "file": path,
    })
}
