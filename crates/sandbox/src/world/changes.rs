//! What was modified since a moment.

use callbook_synth::{Call, Entry, Scope};

use super::Moment;
use super::state::State;

impl Moment {
    /// Calls that were last modified at `from_ms` or later, in that order: the moment, and the record in a log that
    /// it stands in. Those that nobody can have are left out.
    pub(crate) fn modified_since(
        &self,
        scope: Scope,
        from_ms: i64,
        show_deleted: bool,
    ) -> impl Iterator<Item = (i64, Entry, Call<'_>)> {
        self.touched_since(scope, from_ms).filter_map(move |(at_ms, number, state)| {
            let call = self.call_in(number, &state);
            let entry = call.entry(scope)?;
            let listed = self.is_listed(&state, entry.start_ms, show_deleted);
            listed.then_some((at_ms, entry, call))
        })
    }

    /// Every call that was last modified at `from_ms` or later, as a log shows it, in that order.
    fn touched_since(&self, scope: Scope, from_ms: i64) -> impl Iterator<Item = (i64, u32, State)> {
        let company = &self.world.company;
        let own = self.world.by_shown();
        let place = |at_ms: i64| own.partition_point(|&call| company.shown_ms(call) < at_ms);
        let end = place(self.now_ms.saturating_add(1));
        let own = own[place(from_ms).min(end)..end].iter();
        let mut own = own.map(|&call| (company.shown_ms(call), call)).peekable();
        let since = self.overlay.moments.range((from_ms, 0)..=(self.now_ms, u32::MAX));
        let mut since = since.copied().peekable();
        let merged = std::iter::from_fn(move || match (own.peek(), since.peek()) {
            (Some(first), Some(second)) if first <= second => own.next(),
            (_, Some(_)) => since.next(),
            (_, None) => own.next(),
        });
        // A call stands where it was last modified, and nowhere else.
        merged.filter_map(move |(at_ms, call)| {
            let state = self.state(scope, call);
            (state.modified_ms == at_ms).then_some((at_ms, call, state))
        })
    }
}
