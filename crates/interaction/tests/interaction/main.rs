//! What is derived from the records of calls.

mod cases;
mod company;
mod properties;
mod synthetic;
