//! The WebSocket server, with a real client.

mod client;
mod ends;
mod notifications;
mod recovery;
mod requests;
