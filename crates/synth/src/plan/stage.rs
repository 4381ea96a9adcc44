//! Who may take part in a call, and the draws that shapes share.

use super::leg::Party;
use crate::Config;
use crate::company::{Contact, People};
use crate::draw::Draw;

/// Everybody a call can be made of.
#[derive(Clone, Copy)]
pub(crate) struct Cast<'a> {
    pub(crate) config: &'a Config,
    pub(crate) people: &'a People,
    pub(crate) contacts: &'a [Contact],
}

impl<'a> Cast<'a> {
    pub(crate) fn new(config: &'a Config, people: &'a People, contacts: &'a [Contact]) -> Self {
        Self { config, people, contacts }
    }
}

/// One interaction's draws.
pub(crate) struct Stage<'a> {
    pub(crate) cast: Cast<'a>,
    pub(crate) draw: Draw,
    pinned: bool,
}

impl<'a> Stage<'a> {
    pub(crate) fn new(cast: &Cast<'a>, draw: Draw, pinned: bool) -> Self {
        Self { cast: *cast, draw, pinned }
    }

    pub(crate) fn people(&self) -> &'a People {
        self.cast.people
    }

    /// A user's position: the first user's when the interaction is pinned to it.
    pub(crate) fn user(&mut self) -> u32 {
        let user = self.draw.below(self.people().users);
        if self.pinned { 0 } else { user }
    }

    /// The position of a user other than `user`.
    pub(crate) fn other_user(&mut self, user: u32) -> u32 {
        let users = self.people().users;
        (user + self.draw.between(1, users - 1)) % users
    }

    /// Somebody outside with a number.
    pub(crate) fn contact(&mut self) -> Party {
        Party::Contact(self.draw.favourite(self.cast.contacts.len() as u32))
    }

    /// Somebody outside who calls, now and then without showing a number.
    pub(crate) fn caller(&mut self) -> Party {
        let contact = self.contact();
        if self.draw.chance(35) { Party::Withheld } else { contact }
    }

    /// A time in milliseconds, drawn evenly between two numbers of seconds.
    pub(crate) fn seconds(&mut self, low: u32, high: u32) -> u32 {
        self.draw.between(low * 1000, high * 1000)
    }

    /// How long a phone rings before somebody picks up.
    pub(crate) fn ring_ms(&mut self) -> u32 {
        self.seconds(2, 24)
    }

    /// How long a phone rings until the caller is sent elsewhere or gives up.
    pub(crate) fn ring_out_ms(&mut self) -> u32 {
        self.seconds(15, 35)
    }

    pub(crate) fn talk_ms(&mut self) -> u32 {
        self.draw.talk_ms()
    }

    /// How long other phones go on ringing after one was picked up.
    pub(crate) fn lag_ms(&mut self) -> u32 {
        self.draw.between(40, 450)
    }
}
