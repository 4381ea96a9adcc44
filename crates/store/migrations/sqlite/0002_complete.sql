-- Deletions, seals, repairs, several accounts; and what people read with other programs.

-- Why a version was written: 'received' upstream sent it, 'absent' upstream lists the call no more (the
-- document is the one before), 'listed' it does so again, 'repaired' it was fetched once more.
ALTER TABLE version ADD COLUMN cause TEXT NOT NULL DEFAULT 'received';

-- As the record has them: for the views. Filled by `CallRecord::decode`.
ALTER TABLE call ADD COLUMN action TEXT;
ALTER TABLE call ADD COLUMN from_number TEXT;
ALTER TABLE call ADD COLUMN from_extension TEXT;     -- the short number
ALTER TABLE call ADD COLUMN from_name TEXT;
ALTER TABLE call ADD COLUMN to_number TEXT;
ALTER TABLE call ADD COLUMN to_extension TEXT;
ALTER TABLE call ADD COLUMN to_name TEXT;

-- Cursors belong to a scope.
ALTER TABLE cursor RENAME TO cursor_before;
CREATE TABLE cursor (
    account    INTEGER NOT NULL REFERENCES account,
    scope      INTEGER NOT NULL,
    name       TEXT    NOT NULL,
    value      TEXT    NOT NULL,               -- JSON
    updated_ms INTEGER NOT NULL,
    PRIMARY KEY (account, scope, name)
) STRICT, WITHOUT ROWID;
INSERT INTO cursor SELECT account, 0, name, value, updated_ms FROM cursor_before;
DROP TABLE cursor_before;

-- Calls that a complete list of their time did not have, once. A second time makes them deleted.
CREATE TABLE absence (
    account  INTEGER NOT NULL REFERENCES account,
    scope    INTEGER NOT NULL,
    id       TEXT    NOT NULL,
    first_ms INTEGER NOT NULL,
    PRIMARY KEY (account, scope, id)
) STRICT, WITHOUT ROWID;

-- What is known of a call log as a whole.
CREATE TABLE log (
    account          INTEGER NOT NULL REFERENCES account,
    scope            INTEGER NOT NULL,
    upstream_from_ms INTEGER NOT NULL,         -- upstream lists nothing that began earlier (any more)
    PRIMARY KEY (account, scope)
) STRICT, WITHOUT ROWID;

-- The newest change number of the calls that began, or once began, on a day (UTC).
CREATE TABLE day (
    account INTEGER NOT NULL REFERENCES account,
    scope   INTEGER NOT NULL,
    day     TEXT    NOT NULL,                  -- 2024-01-31
    seq     INTEGER NOT NULL,
    PRIMARY KEY (account, scope, day)
) STRICT, WITHOUT ROWID;
INSERT INTO day
    SELECT c.account, c.scope, strftime('%Y-%m-%d', c.start_ms / 1000.0, 'unixepoch'), max(v.seq)
    FROM call c JOIN version v ON v.version = c.version GROUP BY 1, 2, 3;

-- What a day held when it was sealed, chained: each entry's hash goes over the one before. Append-only;
-- the newest entry of a day counts.
CREATE TABLE seal (
    account        INTEGER NOT NULL REFERENCES account,
    scope          INTEGER NOT NULL,
    number         INTEGER NOT NULL,           -- 1, 2, 3 … within the account and scope
    day            TEXT    NOT NULL,           -- UTC: 2024-01-31
    calls          INTEGER NOT NULL,           -- not deleted
    digest         TEXT    NOT NULL,           -- SHA-256, hexadecimal, over every call and version of the day
    upstream_calls INTEGER,                    -- what upstream listed then
    upstream_ids   TEXT,                       -- a hash over their ids
    seq            INTEGER NOT NULL,           -- the account's newest change number then
    sealed_ms      INTEGER NOT NULL,
    previous       TEXT    NOT NULL,           -- the hash of the entry before; zeros for the first
    hash           TEXT    NOT NULL,           -- SHA-256, hexadecimal
    PRIMARY KEY (account, scope, number)
) STRICT, WITHOUT ROWID;

-- What was erased, by right: its change numbers are missing.
CREATE TABLE purge (
    purge     INTEGER PRIMARY KEY,
    account   INTEGER NOT NULL REFERENCES account,
    at_ms     INTEGER NOT NULL,
    before_ms INTEGER NOT NULL,                -- calls that began earlier
    calls     INTEGER NOT NULL,
    versions  INTEGER NOT NULL
) STRICT;

-- Accounts to be synced.
CREATE TABLE registration (
    name            TEXT    PRIMARY KEY,
    server_url      TEXT    NOT NULL,
    credentials     TEXT    NOT NULL,          -- where they are; never a secret
    every_s         INTEGER NOT NULL,          -- seconds between two syncs
    retention_days  INTEGER,                   -- older calls are purged; NULL: kept for ever
    upstream_days   INTEGER NOT NULL,          -- how long upstream keeps calls
    paused          INTEGER NOT NULL DEFAULT 0,
    account         INTEGER REFERENCES account,
    last_attempt_ms INTEGER,
    last_success_ms INTEGER,
    last_error      TEXT,
    failures        INTEGER NOT NULL DEFAULT 0, -- since the last success
    login_refused   INTEGER NOT NULL DEFAULT 0, -- the last one failed of that
    created_ms      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Small things that processes share, such as rate budgets.
CREATE TABLE value (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL                        -- JSON
) STRICT, WITHOUT ROWID;

-- For people's own queries: `docs/views.md` says what may be relied upon.
CREATE VIEW callbook_v1_accounts AS
    SELECT id AS account_id, server_url, main_number, home AS home_country FROM account;

CREATE VIEW callbook_v1_extensions AS
    SELECT a.id AS account_id, e.id AS extension_id, e.number AS extension_number, e.name, e.type
    FROM extension e JOIN account a ON a.account = e.account;

CREATE VIEW callbook_v1_calls AS
    SELECT a.id AS account_id, nullif(c.scope, 0) AS log_extension_id, c.id AS call_id,
        strftime('%Y-%m-%dT%H:%M:%fZ', c.start_ms / 1000.0, 'unixepoch') AS started_at,
        c.start_ms, c.duration_ms, c.call_type AS type, c.direction, c.result, c.action,
        c.from_number, c.from_extension, c.from_name, c.to_number, c.to_extension, c.to_name,
        c.recorded, c.deleted,
        CASE WHEN c.deleted = 0 AND c.start_ms < l.upstream_from_ms THEN 1 ELSE 0 END
            AS expired_upstream
    FROM call c JOIN account a ON a.account = c.account
    LEFT JOIN log l ON l.account = c.account AND l.scope = c.scope;

CREATE VIEW callbook_v1_call_numbers AS
    SELECT a.id AS account_id, nullif(p.scope, 0) AS log_extension_id, c.id AS call_id,
        p.start_ms, substr(p.key, 2) AS number
    FROM posting p JOIN call c ON c.call = p.call JOIN account a ON a.account = p.account
    WHERE p.key >= 'n' AND p.key < 'o';

CREATE VIEW callbook_v1_call_extensions AS
    SELECT a.id AS account_id, nullif(p.scope, 0) AS log_extension_id, c.id AS call_id,
        p.start_ms, CAST(substr(p.key, 2) AS INTEGER) AS extension_id
    FROM posting p JOIN call c ON c.call = p.call JOIN account a ON a.account = p.account
    WHERE p.key >= 'x' AND p.key < 'y';

CREATE VIEW callbook_v1_seals AS
    SELECT a.id AS account_id, nullif(s.scope, 0) AS log_extension_id, s.number, s.day, s.calls,
        s.upstream_calls,
        strftime('%Y-%m-%dT%H:%M:%fZ', s.sealed_ms / 1000.0, 'unixepoch') AS sealed_at, s.hash
    FROM seal s JOIN account a ON a.account = s.account;
