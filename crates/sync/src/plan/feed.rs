//! Asking what has changed since a token was given out.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::clock::{DAY, JITTER, Reached, due, minus};
use super::{Ask, PAUSE, Synced};

/// How much before the last good moment is asked for when a token is lost.
pub(super) const OVERLAP: SignedDuration = SignedDuration::from_hours(1);

/// What is forbidden or not there is tried again after this long.
const AWAY: SignedDuration = DAY;

/// One of the two endpoints that give changes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Feed {
    token: Option<String>,
    /// There was a token, and none since: what changed meanwhile no new one will tell.
    lost: bool,
    /// Everything that changed before is known.
    reached: Option<Reached>,
    /// When upstream last had no more.
    asked: Option<Timestamp>,
    /// When it was found to be unavailable.
    away: Option<Timestamp>,
    /// It was there, and failed.
    failing: bool,
    /// By how much its own clock, in `syncTime`, was behind the one in the answers' headers.
    behind: SignedDuration,
}

impl Feed {
    /// A run begins: asks at once. What changed before `known` is known.
    pub(super) fn begin(&mut self, known: Timestamp) {
        self.reached.get_or_insert(Reached::new(known));
        self.asked = None;
    }

    pub(super) fn is_away(&self, now: Timestamp) -> bool {
        self.away.is_some() && self.due(now) > now
    }

    /// When to ask next.
    pub(super) fn due(&self, now: Timestamp) -> Timestamp {
        match self.away {
            Some(away) => due(Some(away), now, if self.failing { PAUSE } else { AWAY }),
            None => due(self.asked, now, PAUSE),
        }
    }

    /// What to ask.
    pub(super) fn ask(&self, now: Timestamp) -> Ask {
        match &self.token {
            Some(token) => Ask::Token(token.clone()),
            None => Ask::Full { from: self.since(now) },
        }
    }

    /// What changed after it may be unknown, without a token.
    pub(super) fn since(&self, now: Timestamp) -> Timestamp {
        let now = self.clock(now);
        minus(self.reached.as_ref().map_or(now, |reached| reached.by(now)), OVERLAP)
    }

    /// Whether its own clock was behind.
    pub(super) fn is_behind(&self) -> bool {
        !self.behind.is_zero()
    }

    /// What its own clock says.
    pub(super) fn clock(&self, now: Timestamp) -> Timestamp {
        minus(now, self.behind)
    }

    /// Takes note of an answer to `ask`; returns up to when everything is known now, if that was the last one.
    pub(super) fn synced(
        &mut self,
        now: Timestamp,
        ask: &Ask,
        synced: Synced,
    ) -> Option<Timestamp> {
        let behind = now.duration_since(synced.sync_time);
        self.behind = if JITTER < behind { behind } else { SignedDuration::ZERO };
        if matches!(ask, Ask::Full { from } if synced.sync_time < *from) {
            // A token since a moment to come would tell nothing until then: asks again, earlier.
            return None;
        }
        // A server that promises more, and gives the same nothing, would be asked for ever.
        let stuck =
            synced.newer && synced.records == 0 && self.token.as_ref() == Some(&synced.token);
        self.token = Some(synced.token);
        self.lost = false;
        self.away = None;
        if synced.newer && !stuck {
            return None;
        }
        self.asked = Some(now);
        if stuck {
            return None;
        }
        let reached = self.reached.get_or_insert(Reached::new(now));
        reached.advance(synced.sync_time, now);
        Some(synced.sync_time.min(now))
    }

    /// The token is worth nothing: asks for a new one, at once. Returns whether there was one.
    pub(super) fn refused(&mut self) -> bool {
        let had_one = self.token.take().is_some();
        self.lost |= had_one;
        had_one
    }

    pub(super) fn is_lost(&self) -> bool {
        self.lost
    }

    /// Whatever changed before now is found in other ways.
    pub(super) fn skip(&mut self, now: Timestamp) {
        self.reached = Some(Reached::new(now));
    }

    /// It is not for this user, or not there; or it fails again and again.
    pub(super) fn unavailable(&mut self, now: Timestamp, failing: bool) {
        self.away = Some(now);
        self.failing = failing;
        self.behind = SignedDuration::ZERO;
    }
}
