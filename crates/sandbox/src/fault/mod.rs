//! Faults on purpose: what a client has to put up with now and then, as often as one likes.
//!
//! A [`FaultSpec`] says which fault befalls what share of the requests, the [`Injector`] decides for each
//! request, and a layer around the API carries it out. The same seed and order of requests give the same
//! faults. Calls that come, change and go between two pages are no fault but life: that is the company's part.

mod injector;
mod kind;
mod layer;
mod route;
mod sound;
mod spec;

pub use injector::{Fault, Injector};
pub use kind::FaultKind;
pub(crate) use layer::strike;
pub(crate) use route::router;
pub use spec::{FaultSpec, ParseFaultError};
