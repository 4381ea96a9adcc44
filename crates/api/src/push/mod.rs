//! What happens, told to whoever subscribed to it.
//!
//! Events are published to the [`Hub`] and never wait for anybody. [`deliver`] hands them out: to a queue for each
//! webhook, which one courier works off in its order, and to the sessions of WebSockets. A slow receiver delays nobody
//! but itself.
//! Changes of the call log are not handed out but read from the [`Journal`](crate::Journal), by each courier from
//! where it has come to: none is lost by a restart.

mod deliver;
mod event;
mod filter;
mod hub;
mod info;
mod memory;
mod notification;
mod operations;
mod options;
mod socket;
mod webhook;

pub(crate) use operations::{
    about_create, about_delete, about_list, about_read, about_renew, about_update, create, delete,
    list, read, renew, update,
};
pub(crate) use socket::{PATH as SOCKET_PATH, about_token, connect, token as socket_token};

pub use deliver::deliver;
pub use event::{Event, Topic};
pub use hub::Hub;
pub use memory::MemorySubscriptions;
pub use options::{PushOptions, Retries};

use std::sync::atomic::{AtomicBool, Ordering};

use callbook_network::Lookup;
use uuid::Uuid;

use socket::{SocketTokens, Switchboard};
use webhook::Sender;

/// What a server has for notifications.
#[derive(Debug)]
pub(crate) struct Push {
    hub: Hub,
    options: PushOptions,
    sender: Sender,
    switchboard: Switchboard,
    tokens: SocketTokens,
    /// Whether subscriptions were changed since they were last read.
    changed: AtomicBool,
}

impl Push {
    pub(crate) fn new(hub: Hub, options: PushOptions) -> Self {
        let sender = Sender::new(options.loopback_webhooks, Lookup::System);
        let (switchboard, tokens, changed) = Default::default();
        Self { hub, options, sender, switchboard, tokens, changed }
    }

    /// Ends the WebSockets of a session whose tokens are no good any more.
    pub(crate) fn sign_out(&self, session: Uuid) {
        self.switchboard.sign_out(session);
    }

    fn has_changed(&self) {
        self.changed.store(true, Ordering::Release);
    }

    fn take_changed(&self) -> bool {
        self.changed.swap(false, Ordering::AcqRel)
    }
}
