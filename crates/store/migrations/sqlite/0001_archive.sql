-- The archive. Moments are milliseconds since 1970-01-01T00:00:00Z; `account` comes first in every key.

CREATE TABLE archive (
    id         TEXT    NOT NULL,               -- UUID, so that two copies can be told apart
    created_ms INTEGER NOT NULL
) STRICT;

-- What the zstd documents below were compressed with; the id is in each document's header.
CREATE TABLE dictionary (
    dictionary INTEGER PRIMARY KEY,
    bytes      BLOB    NOT NULL
) STRICT;

CREATE TABLE account (
    account     INTEGER PRIMARY KEY,           -- our own small number
    id          INTEGER NOT NULL UNIQUE,       -- RingCentral's
    server_url  TEXT    NOT NULL,              -- where it was last read from
    main_number TEXT,
    home        TEXT    NOT NULL,              -- ISO 3166 code: how national numbers are read
    seq         INTEGER NOT NULL DEFAULT 0,    -- the newest change number
    fence       INTEGER NOT NULL DEFAULT 0,    -- rises with each syncer; an older one may not commit
    created_ms  INTEGER NOT NULL
) STRICT;

-- The newest state of each call: what lists filter and sort by, nothing more.
CREATE TABLE call (
    call        INTEGER PRIMARY KEY,
    account     INTEGER NOT NULL REFERENCES account,
    scope       INTEGER NOT NULL,              -- 0: the account's log, else an extension's id
    id          TEXT    NOT NULL,              -- RingCentral's, unique within the scope
    version     INTEGER NOT NULL,              -- the newest version
    hash        BLOB    NOT NULL,              -- what it says, to tell an edit from a repetition
    start_ms    INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL,
    call_type   TEXT,
    direction   TEXT,
    result      TEXT,
    recorded    INTEGER NOT NULL,
    deleted     INTEGER NOT NULL,              -- upstream said so; the versions stay
    UNIQUE (account, scope, id)
) STRICT;

CREATE INDEX call_by_start ON call (account, scope, start_ms, call);

-- Every state a call was ever seen in, as it came. Append-only.
CREATE TABLE version (
    version     INTEGER PRIMARY KEY,
    account     INTEGER NOT NULL REFERENCES account,
    seq         INTEGER NOT NULL,              -- the account's change number
    call        INTEGER NOT NULL,
    previous    INTEGER,                       -- the version before this one
    received_ms INTEGER NOT NULL,
    simple      BLOB    NOT NULL,              -- zstd: the record without the Detailed members
    detail      BLOB,                          -- zstd: those members, and where they belong
    UNIQUE (account, seq)
) STRICT;

-- What a call can be found by: x extension id, n number, s sessionId, t telephonySessionId.
-- Derived from the newest document by `CallRecord::decode`; a change of that rebuilds this.
CREATE TABLE posting (
    account  INTEGER NOT NULL,
    scope    INTEGER NOT NULL,
    key      TEXT    NOT NULL,
    start_ms INTEGER NOT NULL,
    call     INTEGER NOT NULL,
    PRIMARY KEY (account, scope, key, start_ms, call)
) STRICT, WITHOUT ROWID;

-- How far each task has come, committed together with what it did.
CREATE TABLE cursor (
    account    INTEGER NOT NULL REFERENCES account,
    name       TEXT    NOT NULL,
    value      TEXT    NOT NULL,               -- JSON
    updated_ms INTEGER NOT NULL,
    PRIMARY KEY (account, name)
) STRICT, WITHOUT ROWID;

-- What came as a call record and is none. Kept, so that nothing that came is lost.
CREATE TABLE quarantine (
    quarantine  INTEGER PRIMARY KEY,
    account     INTEGER NOT NULL REFERENCES account,
    scope       INTEGER NOT NULL,
    hash        BLOB    NOT NULL,
    reason      TEXT    NOT NULL,
    body        BLOB    NOT NULL,              -- zstd
    received_ms INTEGER NOT NULL,
    UNIQUE (account, scope, hash)
) STRICT;

-- Extensions as last seen, for names and short numbers.
CREATE TABLE extension (
    account INTEGER NOT NULL REFERENCES account,
    id      INTEGER NOT NULL,
    number  TEXT,
    name    TEXT,
    type    TEXT,
    PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE sync_run (
    run         INTEGER PRIMARY KEY,
    account     INTEGER NOT NULL REFERENCES account,
    started_ms  INTEGER NOT NULL,
    finished_ms INTEGER NOT NULL,
    summary     TEXT    NOT NULL               -- JSON
) STRICT;
