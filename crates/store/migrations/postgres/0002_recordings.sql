-- Recordings, and what else hangs on calls and lives elsewhere.

-- How far the versions were looked through for what hangs on them, and what is to be done about it.
CREATE TABLE recording_feed (
    account        bigint PRIMARY KEY REFERENCES account,
    position       bigint NOT NULL,            -- the change number of the last version that was looked at
    enabled        smallint NOT NULL,          -- syncs fetch recordings
    capacity_a_day bigint                      -- how many upstream lets us fetch, as it last said
);

-- A recording, once however many records name it. It stays what it is when the call is edited or deleted.
CREATE TABLE recording (
    account      bigint NOT NULL REFERENCES account,
    id           text COLLATE "C" NOT NULL,    -- RingCentral's
    scope        bigint NOT NULL,              -- the call that named it first: its log, and
    call_id      text COLLATE "C" NOT NULL,    -- its id
    session      text,                         -- telephonySessionId, or an older record's sessionId
    start_ms     bigint NOT NULL,              -- of the leg or call
    mode         text,                         -- Automatic, OnDemand
    capped       smallint NOT NULL,            -- counts towards upstream's cap: it may be dropped early
    content_uri  text,                         -- as upstream said
    state        text NOT NULL,                -- wanted, kept, lost
    content_type text,
    bytes        bigint,
    duration_ms  bigint,
    sha256       text,                         -- hexadecimal
    object       text,                         -- where its content is, or is about to be
    done_ms      bigint,                       -- when it was kept, or lost
    tries        bigint NOT NULL DEFAULT 0,    -- failed ones
    next_try_ms  bigint NOT NULL DEFAULT 0,
    note         text,                         -- what went wrong, or is odd about it
    PRIMARY KEY (account, id)
);

CREATE INDEX recording_wanted ON recording (account, capped, start_ms) WHERE state = 'wanted';
CREATE INDEX recording_by_start ON recording (account, start_ms, capped, state, bytes);
CREATE INDEX recording_by_call ON recording (account, scope, call_id);
CREATE INDEX recording_by_session ON recording (account, session);

-- A voicemail or fax: known of, not kept.
CREATE TABLE message (
    account bigint NOT NULL REFERENCES account,
    id      text COLLATE "C" NOT NULL,
    scope   bigint NOT NULL,                   -- the call that named it first
    call_id text COLLATE "C" NOT NULL,
    kind    text,                              -- VoiceMail, Fax
    PRIMARY KEY (account, id)
);

CREATE INDEX message_by_call ON message (account, scope, call_id);

-- Objects that nothing refers to any more: to be deleted.
CREATE TABLE doomed_object (
    object text COLLATE "C" PRIMARY KEY
);

CREATE VIEW callbook_v1_recordings AS
    SELECT a.id AS account_id, r.id AS recording_id, nullif(r.scope, 0) AS log_extension_id, r.call_id,
        -- As in SQLite: NULL before the year 0.
        CASE WHEN r.start_ms >= -62167219200000 THEN to_timestamp(r.start_ms / 1000.0) END
            AS started_at,
        r.start_ms, r.mode, r.state, r.content_type, r.bytes, r.duration_ms, r.sha256, r.object
    FROM recording r JOIN account a ON a.account = r.account;
