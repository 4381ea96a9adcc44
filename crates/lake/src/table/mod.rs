//! The tables: one file each, which says what every column holds.

mod column;
mod directory;
mod interactions;
mod legs;
mod offers;
mod queue_visits;
mod recordings;

use std::sync::Arc;

use callbook_interaction::Derived;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{DataType, Fields, Schema, SchemaRef};

use interactions::Interactions;
use legs::Legs;
use offers::Offers;
use queue_visits::QueueVisits;
use recordings::Recordings;

pub(crate) use directory::tables as of_directory;

/// Makes a table's builder: its name, what a row is given as, and how each column is filled.
macro_rules! table {
    (
        $(#[$doc:meta])*
        $Table:ident($name:literal), |$($given:ident: $Given:ty),+| {
            $($(#[$of:meta])* $column:ident: $Kind:ident = $value:expr,)+
        }
    ) => {
        $(#[$doc])*
        #[derive(Default)]
        pub(crate) struct $Table {
            $($(#[$of])* $column: $crate::table::column::$Kind,)+
        }

        impl $Table {
            pub(crate) const NAME: &'static str = $name;

            pub(crate) fn schema() -> datafusion::arrow::datatypes::SchemaRef {
                use datafusion::arrow::datatypes::{Field, Schema};
                use $crate::table::column::{self, Column as _};
                let fields =
                    vec![$(Field::new(stringify!($column), column::$Kind::data_type(), true),)+];
                std::sync::Arc::new(Schema::new(fields))
            }

            pub(crate) fn push(&mut self, $($given: $Given),+) {
                use $crate::table::column::Column as _;
                $(self.$column.push($value.into());)+
            }

            /// The rows so far; the table is empty again.
            pub(crate) fn finish(&mut self) -> datafusion::arrow::array::RecordBatch {
                use $crate::table::column::Column as _;
                let columns = vec![$(self.$column.finish(),)+];
                datafusion::arrow::array::RecordBatch::try_new(Self::schema(), columns)
                    .expect("columns as the schema says")
            }
        }
    };
}
pub(crate) use table;

/// The tables that have rows of each interaction, in the order of [`Rows::finish`].
pub(crate) const TABLES: [&str; 5] =
    [Interactions::NAME, Legs::NAME, Offers::NAME, QueueVisits::NAME, Recordings::NAME];

/// The tables of people and queues.
pub(crate) const DIRECTORY: [&str; 3] =
    [directory::People::NAME, directory::Queues::NAME, directory::Members::NAME];

/// The schema of each of [`TABLES`].
pub(crate) fn schemas() -> [SchemaRef; 5] {
    [
        Interactions::schema(),
        Legs::schema(),
        Offers::schema(),
        QueueVisits::schema(),
        Recordings::schema(),
    ]
}

/// The schema with another type in the place of some.
pub(crate) fn retyped(
    schema: &Schema,
    is_wanted: impl Fn(&DataType) -> bool,
    to: &DataType,
) -> Schema {
    let fields = schema.fields().iter().map(|field| match is_wanted(field.data_type()) {
        true => Arc::new(field.as_ref().clone().with_data_type(to.clone())),
        false => Arc::clone(field),
    });
    Schema::new(fields.collect::<Fields>())
}

/// Rows of all tables, while they are collected.
#[derive(Default)]
pub(crate) struct Rows {
    interactions: Interactions,
    legs: Legs,
    offers: Offers,
    queue_visits: QueueVisits,
    recordings: Recordings,
}

impl Rows {
    pub(crate) fn push(&mut self, derived: &Derived<'_>) {
        let call = &derived.interaction;
        self.interactions.push(call);
        derived.legs.iter().for_each(|leg| self.legs.push(call, leg));
        derived.offers.iter().for_each(|offer| self.offers.push(call, offer));
        derived.queue_visits.iter().for_each(|visit| self.queue_visits.push(call, visit));
        derived.recordings.iter().for_each(|recording| self.recordings.push(call, recording));
    }

    /// A batch for each of [`TABLES`]; there are no rows any more.
    pub(crate) fn finish(&mut self) -> [RecordBatch; 5] {
        [
            self.interactions.finish(),
            self.legs.finish(),
            self.offers.finish(),
            self.queue_visits.finish(),
            self.recordings.finish(),
        ]
    }
}
