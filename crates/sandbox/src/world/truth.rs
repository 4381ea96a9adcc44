//! The truth that an archive is compared with: every record that there is or was, and what happened to it.

use callbook_synth::{Scope, View};
use jiff::Timestamp;
use serde_json::Value;

use super::Moment;
use super::overlay::What;
use super::state::State;

impl Moment {
    /// A JSON line for every record of a log that has shown up by now, newest first.
    ///
    /// `record` is its newest state, Detailed; `history` says when it showed up and what happened then, with the
    /// record as it was before an edit or deletion.
    pub(crate) fn truth(&self, scope: Scope) -> impl Iterator<Item = String> {
        self.every_call(scope).into_iter().filter_map(move |call| self.line(scope, call))
    }

    /// Every call of a log, whatever has become of it.
    fn every_call(&self, scope: Scope) -> Vec<u32> {
        let until_ms = self.now_ms.saturating_add(1);
        let own = self.world.company.entries(scope).between(i64::MIN, until_ms).iter().rev();
        let made = self.overlay.log(scope, i64::MIN, until_ms).iter().rev();
        made.map(|&(_, call)| call).chain(own.map(|entry| entry.call)).collect()
    }

    fn line(&self, scope: Scope, number: u32) -> Option<String> {
        let mut state = self.first_state(number);
        if state.shown_ms > self.now_ms {
            return None;
        }
        let text = |state: &State| {
            let call = self.call_in(number, state);
            call.entry(scope).map(|entry| call.record(&entry, View::Detailed))
        };
        let mut history = vec![event(state.shown_ms, "shown", None)];
        for change in self.history(scope, number) {
            let next = state.after(change);
            if next == state {
                continue;
            }
            let (name, before) = match change.what {
                What::Edited => ("edited", text(&state)),
                What::Deleted => ("deleted", text(&state)),
                What::Gone => ("gone", None),
                What::RecordingDeleted => ("recording_deleted", text(&state)),
            };
            history.push(event(change.at_ms, name, before));
            state = next;
        }
        let entry = self.planned(number).entry(scope)?;
        let name = match state {
            State { gone: true, .. } => "gone",
            _ if entry.start_ms < self.oldest_ms() => "aged_out",
            State { deleted: true, .. } => "deleted",
            _ => "live",
        };
        let (id, record, history) = (entry.id, text(&state)?, history.join(","));
        Some(format!(
            "{{\"id\":\"{id}\",\"state\":\"{name}\",\"record\":{record},\"history\":[{history}]}}\n"
        ))
    }
}

fn event(at_ms: i64, name: &str, before: Option<String>) -> String {
    let at = Timestamp::from_millisecond(at_ms).unwrap_or_default();
    let before = before.map_or(String::new(), |record| format!(",\"before\":{record}"));
    format!("{{\"at\":\"{at:.3}\",\"event\":{}{before}}}", Value::from(name))
}
