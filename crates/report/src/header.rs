//! Reading a report's file: its header in TOML, and its SQL, which is looked through but not carried out.

use std::collections::HashSet;
use std::ops::Range;

use datafusion::sql::sqlparser::ast::Statement;
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::parser::Parser;
use datafusion::sql::sqlparser::tokenizer::{Token, Tokenizer};
use serde::Deserialize;
use toml::Spanned;

use crate::parameter::{GIVEN, Kind};
use crate::{Chart, Origin, Parameter, Report, Value};

/// Whole numbers are within this, unless a report says otherwise: as days they still are so many milliseconds that SQL can
/// count them.
const LARGEST: f64 = 1e9;

/// Where a file goes wrong, counted from 1, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) line: usize,
    pub(crate) reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    title: String,
    question: String,
    #[serde(default)]
    parameters: Vec<Declared>,
    chart: Option<Chart>,
}

/// A parameter as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Declared {
    name: Spanned<String>,
    r#type: Kind,
    #[serde(default)]
    choices: Vec<String>,
    least: Option<f64>,
    most: Option<f64>,
    default: Option<toml::Value>,
    #[serde(default)]
    required: bool,
    #[serde(default)]
    help: String,
}

/// Reads the file of a report.
pub(crate) fn read(name: &str, text: &str, origin: Origin) -> Result<Report, Fault> {
    // Editors on Windows begin a file with a mark of its encoding.
    let text = text.trim_start_matches('\u{feff}');
    let place = header_place(text)?;
    let fault = |offset: usize, reason: String| {
        let upto = text.get(..place.start + offset).unwrap_or(text);
        Fault { line: upto.matches('\n').count() + 1, reason }
    };
    let header: Header = toml::from_str(&text[place.clone()]).map_err(|error| {
        fault(error.span().map_or(0, |span| span.start), error.message().to_owned())
    })?;
    let names = names(text)?;
    check(text)?;
    let mut parameters: Vec<Parameter> = Vec::new();
    for declared in header.parameters {
        let at = declared.name.span().start;
        let again = parameters.iter().any(|known| known.name == *declared.name.get_ref());
        let parameter = match again {
            true => Err(format!("there are two parameters {}", declared.name.get_ref())),
            false => parameter(declared),
        };
        let parameter = parameter.map_err(|reason| fault(at, reason))?;
        if !names.iter().any(|(name, _)| *name == parameter.name) {
            return Err(fault(at, format!("the SELECT does not use ${}", parameter.name)));
        }
        parameters.push(parameter);
    }
    let known: HashSet<&str> =
        parameters.iter().map(|parameter| parameter.name.as_str()).chain(GIVEN).collect();
    if let Some((name, line)) = names.iter().find(|(name, _)| !known.contains(name.as_str())) {
        let reason = format!(
            "the header declares no parameter '{name}', and nothing else is called ${name}"
        );
        return Err(Fault { line: *line, reason });
    }
    let Header { title, question, chart, .. } = header;
    let (name, sql) = (name.to_owned(), text.to_owned());
    Ok(Report { name, title, question, parameters, chart, sql, origin })
}

/// Where the header is: what the comment at the very beginning has in it.
fn header_place(text: &str) -> Result<Range<usize>, Fault> {
    let reason = "the file does not begin with a header: /* title = \"…\" question = \"…\" */";
    let blank = text.len() - text.trim_start().len();
    let missing = || Fault { line: 1, reason: reason.to_owned() };
    let body = text[blank..].strip_prefix("/*").ok_or_else(missing)?;
    let length = body.find("*/").ok_or_else(|| Fault {
        line: text.lines().count(),
        reason: "the header does not end with */".to_owned(),
    })?;
    Ok(blank + 2..blank + 2 + length)
}

fn parameter(declared: Declared) -> Result<Parameter, String> {
    let Declared { name, r#type: kind, mut choices, least, most, default, required, help } =
        declared;
    let name = name.into_inner();
    let usual = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if name.is_empty() || !name.bytes().all(usual) {
        return Err(format!("'{name}' is no name: use a to z, 0 to 9 and _"));
    }
    if GIVEN.contains(&name.as_str()) {
        return Err(format!("every report has ${name}: it need not be declared"));
    }
    match (kind, choices.is_empty()) {
        (Kind::Bucket, true) => choices = Kind::BUCKETS.map(str::to_owned).to_vec(),
        (Kind::Choice, true) => return Err(format!("{name} has nothing to choose from")),
        (Kind::Bucket, false) => {
            let odd = choices.iter().find(|choice| !Kind::BUCKETS.contains(&choice.as_str()));
            if let Some(odd) = odd {
                return Err(format!("'{odd}' is none of {}", Kind::BUCKETS.join(", ")));
            }
        }
        (Kind::Choice, false) | (_, true) => {}
        (_, false) => return Err(format!("{name} is no choice, so it has no choices")),
    }
    let range = match (kind, least.or(most)) {
        (Kind::Integer, _) => Some(least.unwrap_or(-LARGEST)..=most.unwrap_or(LARGEST)),
        (Kind::Number, Some(_)) => Some(least.unwrap_or(f64::MIN)..=most.unwrap_or(f64::MAX)),
        (_, None) => None,
        (_, Some(_)) => return Err(format!("{name} is no number, so it has no least and no most")),
    };
    let mut parameter = Parameter { name, kind, choices, range, default: None, required, help };
    parameter.default = default.map(|default| of_toml(&parameter, &default)).transpose()?;
    if parameter.kind == Kind::Bucket && parameter.default.is_none() {
        return Err(format!("{} needs a default", parameter.name));
    }
    Ok(parameter)
}

fn of_toml(parameter: &Parameter, default: &toml::Value) -> Result<Value, String> {
    let number = default.as_integer().map(|number| number as f64).or(default.as_float());
    number.map_or(Ok(()), |number| parameter.check(number, &number.to_string()))?;
    let value = match (parameter.kind, default) {
        (Kind::Integer, toml::Value::Integer(number)) => Value::Integer(*number),
        (Kind::Number, toml::Value::Integer(number)) => Value::Number(*number as f64),
        (Kind::Number, toml::Value::Float(number)) => Value::Number(*number),
        (Kind::Flag, toml::Value::Boolean(flag)) => Value::Flag(*flag),
        (Kind::Text | Kind::Phone, toml::Value::String(text)) => Value::Text(text.clone()),
        (Kind::Choice | Kind::Bucket, toml::Value::String(text)) => {
            return parameter.choice(text);
        }
        (kind, other) => {
            let (name, found) = (&parameter.name, other.type_str());
            return Err(format!("the default of {name} is of type {found}, not {kind}"));
        }
    };
    Ok(value)
}

/// The `$name`s of the SQL, each with the line it is first used in.
fn names(text: &str) -> Result<Vec<(String, usize)>, Fault> {
    let tokens = Tokenizer::new(&GenericDialect {}, text).tokenize_with_location();
    let tokens = tokens
        .map_err(|error| Fault { line: error.location.line as usize, reason: error.message })?;
    let mut names: Vec<(String, usize)> = Vec::new();
    for token in tokens {
        let Token::Placeholder(name) = token.token else { continue };
        let name = name.trim_start_matches('$');
        if !names.iter().any(|(known, _)| known == name) {
            names.push((name.to_owned(), token.span.start.line as usize));
        }
    }
    Ok(names)
}

/// One `SELECT`, and nothing but that.
fn check(text: &str) -> Result<(), Fault> {
    let at_end = |reason: &str| Fault { line: text.lines().count(), reason: reason.to_owned() };
    let statements = Parser::parse_sql(&GenericDialect {}, text).map_err(|error| {
        let message = error.to_string();
        let message = message.trim_start_matches("sql parser error: ");
        let (reason, place) = message.rsplit_once(" at Line: ").unwrap_or((message, ""));
        let line = place.split(',').next().and_then(|line| line.trim().parse().ok());
        Fault { line: line.unwrap_or(1), reason: reason.to_owned() }
    })?;
    match statements.as_slice() {
        [Statement::Query(_)] => Ok(()),
        [] => Err(at_end("there is no SELECT behind the header")),
        [_] => Err(at_end("a report is a SELECT, and nothing else")),
        _ => Err(at_end("a report is one SELECT; there are several statements")),
    }
}
