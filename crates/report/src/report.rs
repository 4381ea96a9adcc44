//! A report: what its file says.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::Parameter;

/// A question that can be asked again and again.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Its file's name, without the ending.
    pub name: String,
    /// A few words.
    pub title: String,
    /// What it answers, as a question.
    pub question: String,
    /// What can be chosen besides the period.
    pub parameters: Vec<Parameter>,
    /// How its answer is drawn, if it is.
    pub chart: Option<Chart>,
    /// The whole file.
    pub sql: String,
    /// Where it is from.
    pub origin: Origin,
}

/// Where a report is from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// It comes with Callbook.
    BuiltIn,
    /// A file of somebody's; `replaces` says that it has the name of one that is built in.
    File {
        /// Where.
        path: PathBuf,
        /// Whether it stands in for one.
        replaces: bool,
    },
}

/// How an answer is drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chart {
    /// In which way.
    pub kind: ChartKind,
    /// The column that goes from left to right.
    pub x: String,
    /// The columns that are measured.
    pub y: Vec<String>,
    /// A column each of whose values is a line, or a row of a heat map, of its own.
    #[serde(default)]
    pub series: Option<String>,
}

/// The ways of drawing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChartKind {
    /// Lines.
    Line,
    /// Bars beside each other.
    Bar,
    /// Bars on top of each other.
    Stacked,
    /// Squares, the darker the more.
    Heat,
}
