//! Which sessions' rows in files may be others by what the directory says now.

use std::collections::BTreeMap;

use datafusion::common::ScalarValue;
use datafusion::logical_expr::utils::disjunction;
use datafusion::prelude::{DataFrame, Expr, col, lit};

use crate::Error;
use crate::directory::FactSpan as Span;
use crate::lake::REACH;
use crate::manifest::Segment;
use crate::segment::Shelf;

/// What has changed of all that rows are derived by.
#[derive(Debug, Default)]
pub(crate) struct Change {
    /// What these extensions are, or are called.
    pub(crate) extensions: Vec<i64>,
    /// Whether these numbers are the company's.
    pub(crate) numbers: Vec<String>,
    /// When these queues are open.
    pub(crate) queues: Vec<i64>,
    /// Whether some extension is a user.
    pub(crate) kinds: bool,
    /// When the company is open.
    pub(crate) company: bool,
}

impl Change {
    /// Takes in what else has changed.
    pub(crate) fn join(&mut self, other: Self) {
        self.extensions.extend(other.extensions);
        self.numbers.extend(other.numbers);
        self.queues.extend(other.queues);
        self.kinds |= other.kinds;
        self.company |= other.company;
    }

    fn of_interaction(&self) -> Option<Expr> {
        let extension =
            ["caller_extension", "called_extension"].map(|end| one_of(end, &self.extensions));
        let number = ["caller_number", "called_number"].map(|end| one_of(end, &self.numbers));
        let queue = one_of("first_queue", &self.queues);
        // Who calls colleagues and has no leg of theirs has spoken to those who are users, and no column names all.
        let alone = || {
            let alone = col("offers").eq(lit(0)).and(col("queue_visits").eq(lit(0)));
            col("origin").eq(lit("internal")).and(alone).and(col("legs").gt(lit(1)))
        };
        let all = [queue, self.kinds.then(alone), self.company.then(|| lit(true))];
        disjunction(extension.into_iter().chain(number).chain(all).flatten())
    }

    fn of_leg(&self) -> Option<Expr> {
        one_of("extension", &self.extensions)
    }
}

fn one_of<T: Clone + datafusion::logical_expr::Literal>(
    column: &str,
    values: &[T],
) -> Option<Expr> {
    let list = || values.iter().cloned().map(lit).collect();
    (!values.is_empty()).then(|| col(column).in_list(list(), false))
}

/// The sessions of a segment that changes may concern, in the column `session`; `None` if there can be none.
///
/// # Errors
/// When the files cannot be read.
pub(crate) fn sessions(
    shelf: &Shelf<'_>,
    segment: &Segment,
    changes: &BTreeMap<Span, Change>,
) -> Result<Option<DataFrame>, Error> {
    let reach_ms = REACH.as_millis() as i64;
    let (mut interactions, mut legs) = (Vec::new(), Vec::new());
    for ((from_ms, to_ms), change) in changes {
        let (from_ms, to_ms) = (from_ms.saturating_sub(reach_ms), to_ms.saturating_add(reach_ms));
        if from_ms > segment.to_ms || to_ms < segment.from_ms {
            continue;
        }
        let within = col("started").between(moment(from_ms), moment(to_ms));
        let within = |what: Option<Expr>| what.map(|what| within.clone().and(what));
        interactions.extend(within(change.of_interaction()));
        legs.extend(within(change.of_leg()));
    }
    let of_interactions = shelf.sessions(segment, "interactions", disjunction(interactions))?;
    let of_legs = shelf.sessions(segment, "legs", disjunction(legs))?;
    match (of_interactions, of_legs) {
        (Some(one), Some(other)) => Ok(Some(one.union_distinct(other)?)),
        (one, other) => Ok(one.or(other)),
    }
}

/// A moment, as columns have it.
pub(crate) fn moment(ms: i64) -> Expr {
    lit(ScalarValue::TimestampMillisecond(Some(ms), Some("UTC".into())))
}
