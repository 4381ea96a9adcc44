//! Changes of the synthetic call log, for whoever subscribes to them. Upstream has no such thing.

use std::sync::Arc;

use bytes::Bytes;
use callbook_api::{Change, ChangeKind, ExtensionId, Journal, PortError};
use callbook_synth::{Entry, Scope, View};
use jiff::Timestamp;

use crate::world::{Happened, Happening, Moment, World};

pub(crate) struct SandboxJournal(pub(crate) Arc<World>);

impl Journal for SandboxJournal {
    async fn newest(&self) -> Result<i64, PortError> {
        Ok(self.0.now().last_number())
    }

    async fn changes(&self, after: i64, limit: u32) -> Result<Vec<Change>, PortError> {
        self.0.look(move |now| changes(now, after, limit as usize)).await
    }
}

fn changes(now: &Moment, after: i64, limit: usize) -> Vec<Change> {
    let happened = now.happened_after(after, limit).into_iter();
    happened.map(|(number, happening)| change(now, number, happening)).collect()
}

/// Records are told as they are now.
fn change(now: &Moment, number: i64, Happening { at_ms, call, what }: Happening) -> Change {
    let kind = match what {
        Happened::Shown => ChangeKind::Added,
        Happened::Edited => ChangeKind::Edited,
        Happened::Deleted => ChangeKind::Deleted,
    };
    let at = Timestamp::from_millisecond(at_ms).unwrap_or_default();
    let call = now.call_in(call, &now.state(Scope::Account, call));
    let entries = call.scopes().into_iter().filter_map(|scope| call.entry(scope));
    let record =
        |entry: Entry| (api_scope(entry.scope), Bytes::from(call.record(&entry, View::Detailed)));
    Change { number, at, kind, records: entries.map(record).collect() }
}

fn api_scope(scope: Scope) -> callbook_api::Scope {
    match scope {
        Scope::Account => callbook_api::Scope::Account,
        Scope::Extension(id) => callbook_api::Scope::Extension(ExtensionId(id)),
    }
}
