//! What the records of one call mean.
//!
//! A call log has records, and records have legs. Reports ask something else: was the caller helped, by whom, after
//! how long, and who let it ring? [`derive()`] answers from all records of one session; `docs/metrics.md` has the
//! definitions. Pure code: no I/O, no clock.
//!
//! ```text
//! records ──▶ session ──▶ offers ──▶ visits ──▶ disposition
//!           (legs once,  (one a     (of queues)
//!            answers)     user)
//! ```

mod company;
mod cost;
mod derive;
mod disposition;
mod ends;
mod hours;
mod offer;
mod record;
mod recording;
mod result;
mod row;
mod session;
mod visit;
mod wire;
mod word;

pub use company::{Company, ExtensionKind};
pub use derive::derive;
pub use hours::Hours;
pub use record::Record;
pub use row::{
    Cost, Derived, Direction, Disposition, End, Interaction, Kind, Leg, Offer, OfferOutcome,
    Origin, QueueVisit, Recording, Source, VisitOutcome,
};

/// The version of what is derived. Rows of another version have to be derived anew.
pub const DERIVATION: u32 = 1;
