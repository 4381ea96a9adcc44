//! What has changed since, session by session.

use std::sync::mpsc;
use std::thread;

use callbook_model::Scope;
use rusqlite::{Connection, OptionalExtension as _, Row};

use super::calls::unless_in;
use super::{Sqlite, columns, no_memory};
use crate::account::scope_number;
use crate::document::Columns;
use crate::gathering::{Found, Gathering, Lookup, MINUTE_MS};
use crate::{AccountKey, Error, SessionChanges};

/// Calls that are handed over in one go, and how many such pieces may wait: few enough to stay in a cache.
const CALLS_A_PIECE: usize = 250;
const PIECES_WAITING: usize = 4;

impl Sqlite {
    pub(crate) async fn changed_sessions(
        &self,
        account: AccountKey,
        after_seq: i64,
        limit: u32,
    ) -> Result<SessionChanges, Error> {
        self.read(move |connection| {
            // All of it at one moment.
            let moment = connection.unchecked_transaction()?;
            let mut gathering = Gathering::after(after_seq).map_err(no_memory)?;
            add_changed(&moment, account.0, (after_seq, limit), &mut gathering)?;
            add_past(&moment, &mut gathering)?;
            add_imports(&moment, account.0, &mut gathering)?;
            add_others(&moment, account.0, &mut gathering)?;
            Ok(gathering.finish())
        })
        .await
    }

    pub(crate) async fn sessions(
        &self,
        account: AccountKey,
        keys: Vec<String>,
        upto: i64,
    ) -> Result<SessionChanges, Error> {
        self.read(move |connection| {
            let moment = connection.unchecked_transaction()?;
            let mut gathering = Gathering::of(keys, upto).map_err(no_memory)?;
            add_others(&moment, account.0, &mut gathering)?;
            Ok(gathering.finish())
        })
        .await
    }
}

fn add_changed(
    connection: &Connection,
    account: i64,
    (after_seq, limit): (i64, u32),
    gathering: &mut Gathering,
) -> rusqlite::Result<()> {
    let sql = "SELECT c.call, c.id, v.seq, v.previous, c.start_ms, c.deleted,
             CASE c.scope WHEN ?4 THEN 0 END, v.simple, v.detail
         FROM version v CROSS JOIN call c ON c.call = v.call AND c.version = v.version
         WHERE v.account = ?1 AND v.seq > ?2 AND c.scope IN (?3, ?4)
         ORDER BY v.seq LIMIT ?5";
    let mut changed = connection.prepare_cached(sql)?;
    let (own, portal) = (scope_number(Scope::Account), scope_number(Scope::PORTAL));
    let mut rows = changed.query((account, after_seq, own, portal, limit))?;
    let adding = &mut *gathering;
    // What was read is decoded while more is being read.
    let count = thread::scope(|scope| {
        let (sender, receiver) = mpsc::sync_channel::<Vec<(Found, Columns)>>(PIECES_WAITING);
        scope.spawn(move || {
            for (found, Columns { simple, detail }) in receiver.into_iter().flatten() {
                match found.replaced {
                    None => adding.add_changed(found, &simple, detail.as_deref()),
                    Some(_) => adding.add_changed_import(found.seq, &found.id),
                }
            }
        });
        let (mut count, mut piece) = (0, Vec::new());
        while let Some(row) = rows.next()? {
            count += 1;
            piece.push((found(connection, row)?, columns(row, 7)?));
            if piece.len() == CALLS_A_PIECE {
                // It is taken for as long as there is a sender.
                let _ = sender.send(std::mem::take(&mut piece));
            }
        }
        let _ = sender.send(piece);
        Ok::<u32, rusqlite::Error>(count)
    })?;
    if count < limit {
        let sql = "SELECT seq FROM account WHERE account = ?1";
        let newest = connection.prepare_cached(sql)?.query_row([account], |row| row.get(0));
        gathering.end_at(newest.optional()?.unwrap_or(0));
    }
    Ok(())
}

/// Rows of the portal's that changed calls may be the records of, or may have been.
fn add_imports(
    connection: &Connection,
    account: i64,
    gathering: &mut Gathering,
) -> rusqlite::Result<()> {
    let portal = scope_number(Scope::PORTAL);
    let sql = "SELECT EXISTS (SELECT 1 FROM call WHERE account = ?1 AND scope = ?2)";
    if !connection.prepare_cached(sql)?.query_row((account, portal), |row| row.get(0))? {
        return Ok(());
    }
    let sql = "SELECT id FROM call
         WHERE account = ?1 AND scope = ?2 AND start_ms >= ?3 AND start_ms < ?4";
    let mut within = connection.prepare_cached(sql)?;
    for minute in gathering.minutes() {
        let span_ms = (minute * MINUTE_MS, (minute + 1) * MINUTE_MS);
        let mut rows = within.query((account, portal, span_ms.0, span_ms.1))?;
        while let Some(row) = rows.next()? {
            gathering.add_import(row.get_ref(0)?.as_str()?);
        }
    }
    Ok(())
}

/// What else is in the sessions.
fn add_others(
    connection: &Connection,
    account: i64,
    gathering: &mut Gathering,
) -> rusqlite::Result<()> {
    for (lookup, call) in candidates(connection, account, gathering)? {
        gathering.add_candidate(lookup, call);
    }
    // A call without its version is damaged, as one whose document cannot be read.
    let sql = concat!(
        "SELECT c.call, c.id, coalesce(v.seq, 0), v.previous, c.start_ms, c.deleted,
             CASE c.scope WHEN ?4 THEN NOT ",
        unless_in!("?2", "?3"),
        " END, coalesce(v.simple, x''), v.detail
         FROM call c LEFT JOIN version v ON v.version = c.version WHERE c.call = ?1"
    );
    let mut look_up = connection.prepare_cached(sql)?;
    let (own, portal) = (scope_number(Scope::Account), scope_number(Scope::PORTAL));
    for call in gathering.candidates() {
        let mut rows = look_up.query((call, account, own, portal))?;
        while let Some(row) = rows.next()? {
            let (simple, detail) = (row.get_ref(7)?.as_blob()?, row.get_ref(8)?.as_blob_or_null()?);
            gathering.add_found(found(connection, row)?, simple, detail);
        }
    }
    add_past(connection, gathering)
}

/// Calls by the place of the lookup that finds them.
fn candidates(
    connection: &Connection,
    account: i64,
    gathering: &Gathering,
) -> rusqlite::Result<Vec<(usize, i64)>> {
    let (own, portal) = (scope_number(Scope::Account), scope_number(Scope::PORTAL));
    let sql = "SELECT call FROM posting WHERE account = ?1 AND scope = ?2 AND key = ?3";
    let mut by_key = connection.prepare_cached(sql)?;
    let sql = "SELECT call FROM call WHERE account = ?1 AND scope = ?2 AND id = ?3";
    let mut by_id = connection.prepare_cached(sql)?;
    let mut lookups: Vec<_> = gathering.lookups().enumerate().collect();
    // In the order of the tree: neighbours share pages.
    lookups.sort_unstable_by(|(_, one), (_, other)| one.cmp(other));
    let mut candidates = Vec::with_capacity(lookups.len());
    for (place, lookup) in lookups {
        let (look_up, scope, text) = match lookup {
            Lookup::Key(key) => (&mut by_key, own, key),
            Lookup::Id(id) => (&mut by_id, own, id),
            Lookup::Imported(id) => (&mut by_id, portal, id),
        };
        let mut rows = look_up.query((account, scope, text))?;
        while let Some(row) = rows.next()? {
            candidates.push((place, row.get(0)?));
        }
    }
    Ok(candidates)
}

/// The past of calls that have one.
fn add_past(connection: &Connection, gathering: &mut Gathering) -> rusqlite::Result<()> {
    let sql = "SELECT v.version, v.previous FROM call c JOIN version v ON v.version = c.version
         WHERE c.call = ?1";
    let mut newest = connection.prepare_cached(sql)?;
    let sql = "SELECT version, previous, simple FROM version WHERE version = ?1";
    let mut earlier = connection.prepare_cached(sql)?;
    for call in gathering.edited() {
        let mut next = newest.query_row([call], |row| previous(row, 0)).optional()?.flatten();
        while let Some(version) = next {
            let read = |row: &Row<'_>| {
                gathering.add_past(call, row.get_ref(2)?.as_blob()?);
                previous(row, 0)
            };
            next = earlier.query_row([version], read).optional()?.flatten();
        }
    }
    gathering.settle();
    Ok(())
}

fn found(connection: &Connection, row: &Row<'_>) -> rusqlite::Result<Found> {
    let (seq, previous) = (row.get(2)?, row.get(3)?);
    Ok(Found {
        call: row.get(0)?,
        id: row.get(1)?,
        seq,
        first_seq: first_seq(connection, seq, previous)?,
        start_ms: row.get(4)?,
        deleted: row.get(5)?,
        replaced: row.get(6)?,
    })
}

/// The change number of the first of a call's states; 0 if it is missing.
fn first_seq(
    connection: &Connection,
    mut seq: i64,
    mut next: Option<i64>,
) -> rusqlite::Result<i64> {
    let sql = "SELECT version, previous, seq FROM version WHERE version = ?1";
    while let Some(version) = next {
        let mut earlier = connection.prepare_cached(sql)?;
        let found = earlier.query_row([version], |row| Ok((previous(row, 0)?, row.get(2)?)));
        let Some(found) = found.optional()? else { return Ok(0) };
        (next, seq) = found;
    }
    Ok(seq)
}

/// The version before one; the two numbers are the row's from `place` on. An earlier version has a lower number: a
/// ring would be damage, and has no end.
fn previous(row: &Row<'_>, place: usize) -> rusqlite::Result<Option<i64>> {
    let (version, previous): (i64, Option<i64>) = (row.get(place)?, row.get(place + 1)?);
    Ok(previous.filter(|previous| *previous < version))
}
