-- Recordings, and what else hangs on calls and lives elsewhere.

-- How far the versions were looked through for what hangs on them, and what is to be done about it.
CREATE TABLE recording_feed (
    account        INTEGER PRIMARY KEY REFERENCES account,
    position       INTEGER NOT NULL,           -- the change number of the last version that was looked at
    enabled        INTEGER NOT NULL,           -- syncs fetch recordings
    capacity_a_day INTEGER                     -- how many upstream lets us fetch, as it last said
) STRICT;

-- A recording, once however many records name it. It stays what it is when the call is edited or deleted.
CREATE TABLE recording (
    account      INTEGER NOT NULL REFERENCES account,
    id           TEXT    NOT NULL,             -- RingCentral's
    scope        INTEGER NOT NULL,             -- the call that named it first: its log, and
    call_id      TEXT    NOT NULL,             -- its id
    session      TEXT,                         -- telephonySessionId, or an older record's sessionId
    start_ms     INTEGER NOT NULL,             -- of the leg or call
    mode         TEXT,                         -- Automatic, OnDemand
    capped       INTEGER NOT NULL,             -- counts towards upstream's cap: it may be dropped early
    content_uri  TEXT,                         -- as upstream said
    state        TEXT    NOT NULL,             -- wanted, kept, lost
    content_type TEXT,
    bytes        INTEGER,
    duration_ms  INTEGER,
    sha256       TEXT,                         -- hexadecimal
    object       TEXT,                         -- where its content is, or is about to be
    done_ms      INTEGER,                      -- when it was kept, or lost
    tries        INTEGER NOT NULL DEFAULT 0,   -- failed ones
    next_try_ms  INTEGER NOT NULL DEFAULT 0,
    note         TEXT,                         -- what went wrong, or is odd about it
    PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX recording_wanted ON recording (account, capped, start_ms) WHERE state = 'wanted';
CREATE INDEX recording_by_start ON recording (account, start_ms, capped, state, bytes);
CREATE INDEX recording_by_call ON recording (account, scope, call_id);
CREATE INDEX recording_by_session ON recording (account, session);

-- A voicemail or fax: known of, not kept.
CREATE TABLE message (
    account INTEGER NOT NULL REFERENCES account,
    id      TEXT    NOT NULL,
    scope   INTEGER NOT NULL,                  -- the call that named it first
    call_id TEXT    NOT NULL,
    kind    TEXT,                              -- VoiceMail, Fax
    PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX message_by_call ON message (account, scope, call_id);

-- Objects that nothing refers to any more: to be deleted.
CREATE TABLE doomed_object (
    object TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE VIEW callbook_v1_recordings AS
    SELECT a.id AS account_id, r.id AS recording_id, nullif(r.scope, 0) AS log_extension_id, r.call_id,
        strftime('%Y-%m-%dT%H:%M:%fZ', r.start_ms / 1000.0, 'unixepoch') AS started_at,
        r.start_ms, r.mode, r.state, r.content_type, r.bytes, r.duration_ms, r.sha256, r.object
    FROM recording r JOIN account a ON a.account = r.account;
