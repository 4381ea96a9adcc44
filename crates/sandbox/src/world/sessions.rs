//! Telephony sessions, and what people are doing in them.

use std::collections::HashMap;

use callbook_synth::{Engagement, Scope, Session};

use super::Moment;

impl Moment {
    /// The sessions that anything happens in at `since_ms` or later, but for those of calls that are not made yet.
    pub(crate) fn sessions(&self, since_ms: i64) -> impl Iterator<Item = Session<'_>> {
        self.made_sessions(since_ms).map(|(_, session)| session)
    }

    /// The same, and those of calls that were made then although they had ended; and when each call was made.
    pub(crate) fn made_sessions(&self, since_ms: i64) -> impl Iterator<Item = (i64, Session<'_>)> {
        let company = &self.world.company;
        let recent_ms = since_ms.saturating_sub(company.longest_ms().into());
        let own = company.entries(Scope::Account).between(recent_ms, self.now_ms + 1).iter();
        let own = own.filter(move |entry| company.shown_ms(entry.call) > since_ms);
        let own = own.filter_map(|entry| Some((entry.start_ms, company.session_of(entry.call)?)));
        let made = self.overlay.made.iter();
        let made = made.filter(move |made| made.end_ms.max(made.made_ms) >= since_ms);
        own.chain(made.filter_map(|made| Some((made.made_ms, company.session(&made.extra)?))))
    }

    /// What everybody who is on the phone is doing there, by extension id.
    pub(crate) fn engagements(&self) -> HashMap<u64, Vec<Engagement>> {
        let mut engagements: HashMap<u64, Vec<Engagement>> = HashMap::new();
        for session in self.sessions(self.now_ms) {
            for engagement in session.engagements(self.now_ms) {
                engagements.entry(engagement.extension).or_default().push(engagement);
            }
        }
        engagements
    }

    /// When something is going to happen in a session next, now or later, as far as that is known.
    pub(crate) fn next_happening_ms(&self) -> Option<i64> {
        let later = |at_ms: &i64| *at_ms >= self.now_ms;
        let known = self.sessions(self.now_ms).flat_map(|session| {
            session.happenings().iter().map(|each| each.at_ms).find(later).into_iter()
        });
        let own = self.world.company.entries(Scope::Account);
        let begins = own.get(own.position(self.now_ms + 1)).map(|entry| entry.start_ms);
        let live = self.overlay.live.map(|(_, start_ms)| start_ms).filter(later);
        known.chain(begins).chain(live).min()
    }
}
