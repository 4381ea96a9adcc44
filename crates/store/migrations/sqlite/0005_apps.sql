-- Who may ask this archive over the Call Log API: apps, people, and what they are signed in with. No secret is
-- kept, only what it can be recognised by.

CREATE TABLE app (
    client_id     TEXT    NOT NULL PRIMARY KEY,
    account       INTEGER NOT NULL REFERENCES account,
    name          TEXT    NOT NULL,
    secret_hash   BLOB,                        -- SHA-256; NULL: a public app has none
    scopes        TEXT    NOT NULL,            -- names, separated by blanks
    redirect_uris TEXT    NOT NULL,            -- JSON, an array
    plan          TEXT,                        -- 10/60s, or off; NULL: as the server's
    masks_numbers INTEGER NOT NULL,            -- it gets phone numbers without their last digits
    created_ms    INTEGER NOT NULL,
    revoked_ms    INTEGER
) STRICT, WITHOUT ROWID;

-- A person's JWT.
CREATE TABLE app_credential (
    id           TEXT    NOT NULL PRIMARY KEY, -- its claim `jti`
    account      INTEGER NOT NULL REFERENCES account,
    extension    INTEGER NOT NULL,             -- the person
    app          TEXT,                         -- the one app that it is good for; NULL: any
    hash         BLOB    NOT NULL,             -- SHA-256
    created_ms   INTEGER NOT NULL,
    expires_ms   INTEGER,
    revoked_ms   INTEGER,
    last_used_ms INTEGER
) STRICT, WITHOUT ROWID;

-- What a person signs in with in a browser.
CREATE TABLE app_password (
    account    INTEGER NOT NULL REFERENCES account,
    extension  INTEGER NOT NULL,
    hash       TEXT    NOT NULL,               -- Argon2id, as a PHC string
    changed_ms INTEGER NOT NULL,
    PRIMARY KEY (account, extension)
) STRICT, WITHOUT ROWID;

CREATE TABLE app_session (
    id         TEXT    NOT NULL PRIMARY KEY,
    account    INTEGER NOT NULL REFERENCES account,
    app        TEXT    NOT NULL,
    extension  INTEGER NOT NULL,
    state      TEXT    NOT NULL,               -- JSON, the API's own
    revision   INTEGER NOT NULL,               -- how often it was written
    expires_ms INTEGER NOT NULL                -- when the last of its tokens does
) STRICT, WITHOUT ROWID;
CREATE INDEX app_session_of ON app_session (account, app, extension);
CREATE INDEX app_session_expires ON app_session (expires_ms);

CREATE TABLE app_token (
    digest     BLOB    NOT NULL PRIMARY KEY,   -- SHA-256
    session    TEXT    NOT NULL REFERENCES app_session ON DELETE CASCADE,
    expires_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX app_token_of ON app_token (session);
CREATE INDEX app_token_expires ON app_token (expires_ms);

-- Requests that count against a rate limit.
CREATE TABLE app_rate (
    account    INTEGER NOT NULL REFERENCES account,
    app        TEXT    NOT NULL,
    extension  INTEGER NOT NULL,               -- 0: nobody has signed in yet
    class      TEXT    NOT NULL,               -- heavy, medium, …
    revision   INTEGER NOT NULL,               -- how often it was written
    log        TEXT    NOT NULL,               -- JSON, the API's own
    expires_ms INTEGER NOT NULL,               -- when it says no more than no row would
    PRIMARY KEY (account, app, extension, class)
) STRICT, WITHOUT ROWID;
