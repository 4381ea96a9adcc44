//! What a report is: its question, its parameters, its SQL.

use callbook_report::{Parameter, Report, Value};
use serde_json::json;

use crate::commands::print_json;
use crate::failure::{self, ExitCodeNumber};
use crate::output::{self, say};

/// Prints it.
pub(super) fn print(report: &Report, as_json: bool) -> anyhow::Result<ExitCodeNumber> {
    if as_json {
        let parameters: Vec<_> = report.parameters.iter().map(of).collect();
        return print_json(&json!({
            "name": report.name,
            "title": report.title,
            "question": report.question,
            "parameters": parameters,
            "chart": report.chart,
            "sql": report.sql,
        }));
    }
    say!("{}: {}", report.title, report.question)?;
    if !report.parameters.is_empty() {
        say!("")?;
        let mut table = output::table(&["PARAMETER", "TYPE", "DEFAULT", "HELP"], &[3]);
        for parameter in &report.parameters {
            let default = match &parameter.default {
                Some(default) => default.to_string(),
                None if parameter.required => "required".to_owned(),
                None => String::new(),
            };
            let (name, kind) = (parameter.name.clone(), parameter.kind.to_string());
            table.add_row(output::row([name, kind, default, help(parameter)]));
        }
        output::print(&table)?;
    }
    say!("")?;
    report.sql.trim_end().lines().try_for_each(output::line)?;
    Ok(failure::OK)
}

fn help(parameter: &Parameter) -> String {
    let choices = parameter.choices.join(", ");
    let parts = [parameter.help.as_str(), &choices];
    let parts = parts.into_iter().filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join(": ")
}

fn of(parameter: &Parameter) -> serde_json::Value {
    let default = parameter.default.as_ref().map(|default| match default {
        Value::Text(text) => json!(text),
        Value::Integer(number) => json!(number),
        Value::Number(number) => json!(number),
        Value::Flag(flag) => json!(flag),
    });
    json!({
        "name": parameter.name,
        "type": parameter.kind.to_string(),
        "choices": parameter.choices,
        "least": parameter.range.as_ref().map(|range| *range.start()),
        "most": parameter.range.as_ref().map(|range| *range.end()),
        "default": default,
        "required": parameter.required,
        "help": parameter.help,
    })
}
