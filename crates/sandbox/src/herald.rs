//! Tells whoever listens what happens in calls, when it does by the sandbox's clock.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use callbook_api::{Event, ExtensionId, Hub, Topic};
use callbook_synth::{Engagement, Happening, Session};
use jiff::Timestamp;
use serde_json::Value;

use crate::presence::presence;
use crate::world::{Moment, World};

/// The clock may be turned by years at once: no more is told of what happened meanwhile than the newest so many
/// changes …
const MOST: usize = 1_000;

/// … of the last hour.
const LONGEST_AGO_MS: i64 = 3_600_000;

/// With nothing ahead, it looks again after this time.
const LONGEST_SLEEP_MS: i64 = 3_600_000;

/// What was told so far.
#[derive(Default)]
struct Told {
    /// What happened before this moment, in Unix milliseconds. A call can still be made in a millisecond that has
    /// begun, but not in one that is over.
    until_ms: i64,
    /// The calls that somebody was last said to be in, by extension id.
    calls: HashMap<u64, Vec<Value>>,
    /// How many changes of presence.
    presences: u32,
}

/// Publishes what happens from now on, for as long as anybody listens, and sleeps otherwise.
pub(crate) async fn run(world: Arc<World>, hub: Hub) {
    let mut told = Told::default();
    loop {
        if !hub.is_heard() {
            hub.audience().await;
            // Nobody is told what happened before.
            told = Told {
                until_ms: world.clock.now_ms(),
                presences: told.presences,
                ..Told::default()
            };
        }
        let look = world.look(move |now| {
            let events = told.news(now);
            (told, events, now.next_happening_ms().map(|next_ms| next_ms - now.now_ms() + 1))
        });
        let Ok((since, events, next_ms)) = look.await else { return };
        told = since;
        events.into_iter().for_each(|event| hub.publish(event));
        let sleep_ms = next_ms.unwrap_or(LONGEST_SLEEP_MS).clamp(1, LONGEST_SLEEP_MS);
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(sleep_ms.unsigned_abs())) => {}
            () = world.stirred.notified() => {}
        }
    }
}

impl Told {
    /// What has happened since the last time, in the order in which it did.
    fn news(&mut self, now: &Moment) -> Vec<Event> {
        // After a reset the clock is behind.
        let since_ms = self.until_ms.min(now.now_ms()).max(now.now_ms() - LONGEST_AGO_MS);
        let sessions: Vec<(i64, Session<'_>)> = now.made_sessions(since_ms).collect();
        let mut due: Vec<(&Session<'_>, &Happening)> = vec![];
        for (made_ms, session) in &sessions {
            // All of a call that is made as if it had ended is told at once.
            let told_ms = |happening: &&Happening| happening.at_ms.max(*made_ms);
            let is_due = |each: &&Happening| (since_ms..now.now_ms()).contains(&told_ms(each));
            due.extend(session.happenings().iter().filter(is_due).map(|each| (session, each)));
        }
        due.sort_by_key(|(_, happening)| happening.at_ms);
        due.drain(..due.len().saturating_sub(MOST));
        let mut events = vec![];
        for (session, happening) in due {
            events.push(session_event(session, happening));
            let extension = session.extension(happening);
            events.extend(extension.and_then(|id| self.presence(&sessions, id, happening.at_ms)));
        }
        self.until_ms = now.now_ms();
        events
    }

    /// A change of somebody's presence, if what they are doing at a moment is not what was told.
    fn presence(
        &mut self,
        sessions: &[(i64, Session<'_>)],
        extension: u64,
        at_ms: i64,
    ) -> Option<Event> {
        let engagements: Vec<Engagement> = sessions
            .iter()
            .filter_map(|(_, session)| session.engagement(extension, at_ms))
            .collect();
        let calls: Vec<Value> = engagements.iter().map(|each| each.call.clone()).collect();
        let before = self.calls.insert(extension, calls.clone()).unwrap_or_default();
        if before == calls {
            return None;
        }
        self.presences = self.presences.wrapping_add(1);
        let mut body = presence(&engagements, true);
        body["extensionId"] = extension.to_string().into();
        body["sequence"] = self.presences.into();
        body["totalActiveCalls"] = calls.len().into();
        let extensions = vec![ExtensionId(extension)];
        Some(Event { topic: Topic::Presence, extensions, at: instant(at_ms), body })
    }
}

fn session_event(session: &Session<'_>, happening: &Happening) -> Event {
    Event {
        topic: Topic::TelephonySessions,
        extensions: session.extension(happening).map(ExtensionId).into_iter().collect(),
        at: instant(happening.at_ms),
        body: session.event_body(happening),
    }
}

fn instant(unix_ms: i64) -> Timestamp {
    Timestamp::from_millisecond(unix_ms).unwrap_or_default()
}
