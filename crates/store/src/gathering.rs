//! Putting sessions together from calls, in the order that a database is asked for them: the changed calls, their past
//! states, what else is found under their sessions' keys, and the past of that.

use std::collections::{BTreeSet, HashMap, HashSet};

use callbook_model::RecordPlace;

use crate::document::Unpacker;
use crate::{ChangedSession, SessionChanges, SessionRecord};

/// What keys of records begin with that are in no session; the others are those of postings.
const ALONE: char = 'r';

/// What keys of the portal's rows begin with, which have a log of their own.
const IMPORTED: char = 'p';

/// One of those is a call if the account's log has none that began in the same minute.
pub(crate) const MINUTE_MS: i64 = 60_000;

/// A call by its newest state, but for the document.
#[derive(Debug)]
pub(crate) struct Found {
    /// The backend's own number.
    pub(crate) call: i64,
    pub(crate) id: String,
    pub(crate) seq: i64,
    /// The change number of its first state; 0 if that is missing.
    pub(crate) first_seq: i64,
    pub(crate) start_ms: i64,
    pub(crate) deleted: bool,
    /// It is a row of the portal's: whether the account's log has the call.
    pub(crate) replaced: Option<bool>,
}

/// How a session's records are found.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Lookup<'a> {
    /// By a posting's key.
    Key(&'a str),
    /// By RingCentral's id.
    Id(&'a str),
    /// By the id of a row of the portal's.
    Imported(&'a str),
}

/// A call that has states before its newest.
struct Edited {
    id: String,
    /// Whether it may be in a row.
    seen: bool,
    /// Whether it may have left sessions since.
    changed: bool,
    keys: BTreeSet<String>,
    starts_ms: Vec<i64>,
}

/// A session on its way out.
struct Touched {
    key: String,
    records: Vec<SessionRecord>,
    /// Of records that were seen before, and so may be in a row.
    places_ms: Vec<i64>,
}

/// Sessions as far as they are put together.
pub(crate) struct Gathering {
    after_seq: i64,
    upto: i64,
    unpacker: Unpacker,
    sessions: Vec<Touched>,
    by_key: HashMap<String, usize>,
    changed: HashSet<i64>,
    /// Minutes in which a changed call began, by any of its states.
    minutes: BTreeSet<i64>,
    edited: HashMap<i64, Edited>,
    /// Other calls that are found under a session's key, and under which.
    candidates: HashMap<i64, Vec<usize>>,
    damaged: BTreeSet<String>,
}

impl Gathering {
    /// Of what has come after a change number.
    pub(crate) fn after(after_seq: i64) -> std::io::Result<Self> {
        Ok(Self {
            after_seq,
            upto: after_seq,
            unpacker: Unpacker::new()?,
            sessions: Vec::new(),
            by_key: HashMap::new(),
            changed: HashSet::new(),
            minutes: BTreeSet::new(),
            edited: HashMap::new(),
            candidates: HashMap::new(),
            damaged: BTreeSet::new(),
        })
    }

    /// Of these sessions.
    pub(crate) fn of(keys: Vec<String>, upto: i64) -> std::io::Result<Self> {
        let mut gathering = Self::after(upto)?;
        for key in keys {
            gathering.touch(key);
        }
        Ok(gathering)
    }

    /// A changed call; in the order of their change numbers.
    pub(crate) fn add_changed(&mut self, found: Found, simple: &[u8], detail: Option<&[u8]>) {
        self.upto = found.seq;
        self.minutes.insert(found.start_ms.div_euclid(MINUTE_MS));
        self.changed.insert(found.call);
        let place = self.unpacker.simple(simple).and_then(RecordPlace::decode);
        let session = place.map(|place| self.touch(key_of(place, &found.id)));
        self.add(found, session.as_slice(), session.is_some(), detail);
    }

    /// A changed row of the portal's; in the same order.
    pub(crate) fn add_changed_import(&mut self, seq: i64, id: &str) {
        self.upto = seq;
        self.add_import(id);
    }

    /// A row of the portal's that may have become a call of its own, or no longer be one.
    pub(crate) fn add_import(&mut self, id: &str) {
        self.touch(format!("{IMPORTED}{id}"));
    }

    /// The minutes, since 1970-01-01T00:00:00Z, in which rows of the portal's may have.
    pub(crate) fn minutes(&self) -> Vec<i64> {
        self.minutes.iter().copied().collect()
    }

    /// There are no more changed calls: all up to this change number are in.
    pub(crate) fn end_at(&mut self, newest_seq: i64) {
        self.upto = newest_seq;
    }

    /// The calls of which the past is wanted: those states that came before the newest.
    pub(crate) fn edited(&self) -> Vec<i64> {
        self.edited.keys().copied().collect()
    }

    /// A past state of a call.
    pub(crate) fn add_past(&mut self, call: i64, simple: &[u8]) {
        let Some(edited) = self.edited.get_mut(&call) else { return };
        let Some(place) = self.unpacker.simple(simple).and_then(RecordPlace::decode) else {
            if edited.seen {
                self.damaged.insert(edited.id.clone());
            }
            return;
        };
        edited.starts_ms.push(place.start_ms);
        if edited.changed {
            self.minutes.insert(place.start_ms.div_euclid(MINUTE_MS));
            edited.keys.insert(key_of(place, &edited.id));
        }
    }

    /// The past of all edited calls is known.
    pub(crate) fn settle(&mut self) {
        for (_, Edited { seen, keys, starts_ms, .. }) in std::mem::take(&mut self.edited) {
            for key in keys.into_iter().filter(|_| seen) {
                let session = self.touch(key);
                self.sessions[session].places_ms.extend(&starts_ms);
            }
        }
    }

    /// How the records of each session are found.
    pub(crate) fn lookups(&self) -> impl Iterator<Item = Lookup<'_>> {
        self.sessions.iter().map(|Touched { key, .. }| {
            let alone = key.strip_prefix(ALONE).map(Lookup::Id);
            let imported = || key.strip_prefix(IMPORTED).map(Lookup::Imported);
            alone.or_else(imported).unwrap_or(Lookup::Key(key))
        })
    }

    /// A call that was found by the lookup of this place among them.
    pub(crate) fn add_candidate(&mut self, lookup: usize, call: i64) {
        if !self.changed.contains(&call) {
            self.candidates.entry(call).or_default().push(lookup);
        }
    }

    /// The calls that are wanted with their documents.
    pub(crate) fn candidates(&self) -> Vec<i64> {
        self.candidates.keys().copied().collect()
    }

    /// One of them. It is a record of a session if its own ids say so, not if those of a leg do.
    pub(crate) fn add_found(&mut self, found: Found, simple: &[u8], detail: Option<&[u8]>) {
        match self.unpacker.simple(simple).and_then(RecordPlace::decode) {
            Some(place) => {
                let key = match found.replaced {
                    None => key_of(place, &found.id),
                    Some(_) => format!("{IMPORTED}{}", found.id),
                };
                let session = self.by_key.get(&key).copied();
                if session.is_some() {
                    self.add(found, session.as_slice(), true, detail);
                }
            }
            None => {
                // It may be of any of them.
                let sessions = self.candidates.remove(&found.call).unwrap_or_default();
                self.add(found, &sessions, false, None);
            }
        }
    }

    pub(crate) fn finish(self) -> SessionChanges {
        let sessions = self.sessions.into_iter().filter_map(|session| {
            let Touched { key, mut records, mut places_ms } = session;
            records.sort_unstable_by(|a, b| (a.start_ms, &a.id).cmp(&(b.start_ms, &b.id)));
            places_ms.sort_unstable();
            places_ms.dedup();
            let is_nothing = records.is_empty() && places_ms.is_empty();
            (!is_nothing).then_some(ChangedSession { key, records, places_ms })
        });
        let damaged = self.damaged.into_iter().collect();
        SessionChanges { upto: self.upto, sessions: sessions.collect(), damaged }
    }

    /// A call in its session. Of a document that is `sound` the Simple view was read last; else it is damaged, and may
    /// be of several sessions.
    fn add(&mut self, found: Found, sessions: &[usize], sound: bool, detail: Option<&[u8]>) {
        let Found { call, id, seq, first_seq, start_ms, deleted, replaced } = found;
        let (changed, seen) = (self.changed.contains(&call), first_seq <= self.after_seq);
        if seen {
            sessions.iter().for_each(|&session| self.sessions[session].places_ms.push(start_ms));
        }
        // Rows of the portal's are seen as they are at the moment: a call that comes only now may have stood for one already.
        if first_seq < seq && (seen || changed) {
            let key = |&session: &usize| self.sessions[session].key.clone();
            let (keys, starts_ms) = (sessions.iter().map(key).collect(), vec![start_ms]);
            self.edited.insert(call, Edited { id: id.clone(), seen, changed, keys, starts_ms });
        }
        let is_wanted = !deleted && replaced != Some(true) && first_seq <= self.upto;
        let json = if sound && is_wanted { self.unpacker.join(detail) } else { None };
        match (json, sessions.first()) {
            (Some(json), Some(&session)) => {
                let record = SessionRecord { id, json, seq, start_ms };
                self.sessions[session].records.push(record);
            }
            _ if sound && !is_wanted => {}
            _ => drop(self.damaged.insert(id)),
        }
    }

    fn touch(&mut self, key: String) -> usize {
        if let Some(&session) = self.by_key.get(&key) {
            return session;
        }
        let session = self.sessions.len();
        self.by_key.insert(key.clone(), session);
        let (records, places_ms) = (Vec::with_capacity(1), Vec::new());
        self.sessions.push(Touched { key, records, places_ms });
        session
    }
}

/// The key of the session that a record is in.
fn key_of(place: RecordPlace, id: &str) -> String {
    place.session.map_or_else(|| format!("{ALONE}{id}"), |key| key.to_string())
}
