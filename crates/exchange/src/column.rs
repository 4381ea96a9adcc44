//! The columns of tables: their names, what they hold, and where it comes from. `docs/export.md` explains them.

use std::borrow::Cow;

use callbook_model::{Leg, Scope};

use crate::Cell;
use crate::row::Row;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Number,
    /// Milliseconds since 1970-01-01T00:00:00Z.
    Moment,
    Flag,
}

/// A column of a table of `T`.
pub(crate) struct Column<T: 'static> {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) of: for<'a> fn(&'a T) -> Cell<'a>,
}

const fn column<T>(name: &'static str, kind: Kind, of: for<'a> fn(&'a T) -> Cell<'a>) -> Column<T> {
    Column { name, kind, of }
}

fn text(text: &Option<String>) -> Cell<'_> {
    text.as_deref().map_or(Cell::Empty, |text| Cell::Text(text.into()))
}

/// An id, as it is; one that is none is a text like any other.
fn id(text: Cow<'_, str>) -> Cell<'_> {
    let usual = |byte: u8| byte.is_ascii_alphanumeric() || b"-_ ".contains(&byte);
    if text.bytes().all(usual) { Cell::Id(text) } else { Cell::Text(text) }
}

fn optional_id(text: &Option<String>) -> Cell<'_> {
    text.as_deref().map_or(Cell::Empty, |text| id(text.into()))
}

/// Of calls. A new one goes to the end: people count columns.
pub(crate) const COLUMNS: [Column<Row>; 23] = [
    column("id", Kind::Text, |row| id((&row.record.id).into())),
    column("start", Kind::Moment, |row| Cell::Moment(row.record.start_ms)),
    column("type", Kind::Text, |row| text(&row.record.call_type)),
    column("direction", Kind::Text, |row| text(&row.record.direction)),
    column("from_number", Kind::Text, |row| text(&row.record.from.phone_number)),
    column("from_extension", Kind::Text, |row| text(&row.record.from.extension_number)),
    column("from_name", Kind::Text, |row| text(&row.record.from.name)),
    column("to_number", Kind::Text, |row| text(&row.record.to.phone_number)),
    column("to_extension", Kind::Text, |row| text(&row.record.to.extension_number)),
    column("to_name", Kind::Text, |row| text(&row.record.to.name)),
    column("action", Kind::Text, |row| text(&row.record.action)),
    column("result", Kind::Text, |row| text(&row.record.result)),
    column("duration_ms", Kind::Number, |row| Cell::Number(row.record.duration_ms)),
    column("recorded", Kind::Flag, |row| Cell::Flag(row.listed.call.recorded)),
    column("deleted", Kind::Flag, |row| Cell::Flag(row.listed.call.deleted)),
    column("queue", Kind::Text, |row| text(&row.queue)),
    column("recording_ids", Kind::Text, recording_ids),
    column("session_id", Kind::Text, |row| optional_id(&row.record.session_id)),
    column("telephony_session_id", Kind::Text, |row| optional_id(&row.record.telephony_session_id)),
    column("versions", Kind::Number, |row| Cell::Number(row.listed.call.versions)),
    column("received", Kind::Moment, |row| Cell::Moment(row.listed.call.received_ms)),
    column("source", Kind::Text, source),
    column("account_id", Kind::Text, |row| Cell::Text(row.account_id.to_string().into())),
];

/// Of the legs of a call, where a table can have tables in it.
pub(crate) const LEG_COLUMNS: [Column<Leg>; 16] = [
    column("start", Kind::Moment, |leg| leg.start_ms.map_or(Cell::Empty, Cell::Moment)),
    column("duration_ms", Kind::Number, |leg| Cell::Number(leg.duration_ms)),
    column("type", Kind::Text, |leg| text(&leg.leg_type)),
    column("direction", Kind::Text, |leg| text(&leg.direction)),
    column("action", Kind::Text, |leg| text(&leg.action)),
    column("result", Kind::Text, |leg| text(&leg.result)),
    column("reason", Kind::Text, |leg| text(&leg.reason)),
    column("extension_id", Kind::Text, extension_id),
    column("from_number", Kind::Text, |leg| text(&leg.from.phone_number)),
    column("from_extension", Kind::Text, |leg| text(&leg.from.extension_number)),
    column("from_name", Kind::Text, |leg| text(&leg.from.name)),
    column("to_number", Kind::Text, |leg| text(&leg.to.phone_number)),
    column("to_extension", Kind::Text, |leg| text(&leg.to.extension_number)),
    column("to_name", Kind::Text, |leg| text(&leg.to.name)),
    column("master", Kind::Flag, |leg| Cell::Flag(leg.master)),
    column("recorded", Kind::Flag, |leg| Cell::Flag(leg.recorded)),
];

fn recording_ids(row: &Row) -> Cell<'_> {
    match row.recording_ids.as_slice() {
        [] => Cell::Empty,
        [one] => id(one.into()),
        several => id(several.join(" ").into()),
    }
}

fn source(row: &Row) -> Cell<'_> {
    let portal = row.listed.scope == Scope::PORTAL;
    Cell::Text(if portal { "portal" } else { "ringcentral" }.into())
}

fn extension_id(leg: &Leg) -> Cell<'_> {
    leg.extension_id.map_or(Cell::Empty, |id| Cell::Text(id.to_string().into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_looks_like_an_id_is_one() {
        assert_eq!(id("-2WhhE2Jr4grKOK".into()), Cell::Id("-2WhhE2Jr4grKOK".into()));
        for odd in ["=1+1", "-1+cmd|' /C calc'!A0", "@SUM(A1)"] {
            assert_eq!(id(odd.into()), Cell::Text(odd.into()));
        }
    }
}
