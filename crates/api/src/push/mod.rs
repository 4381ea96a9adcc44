//! What happens, told to whoever subscribed to it.

mod event;
mod hub;

pub use event::{Event, Topic};
pub use hub::Hub;
