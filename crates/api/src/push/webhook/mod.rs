//! Delivery over HTTP: where to, how, and how often.

mod address;
mod courier;
mod couriers;
mod sender;
mod validate;

pub(super) use address::check_address;
pub(super) use couriers::Couriers;
pub(super) use sender::Sender;
pub(super) use validate::validate;
