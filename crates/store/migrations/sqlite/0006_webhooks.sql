-- Who is told of what happens, over HTTP.

CREATE TABLE webhook (
    id                 TEXT    NOT NULL PRIMARY KEY, -- a UUID
    account            INTEGER NOT NULL REFERENCES account,
    app                TEXT    NOT NULL,       -- the client id of the app that made it
    extension          INTEGER NOT NULL,       -- the person who made it
    filters            TEXT    NOT NULL,       -- JSON, an array: what it is about
    address            TEXT    NOT NULL,
    verification_token TEXT,                   -- in clear: it is sent along
    created_ms         INTEGER NOT NULL,
    expires_ms         INTEGER NOT NULL,
    blacklisted_ms     INTEGER,                -- since when nothing is sent any more
    blacklisted_for    TEXT,
    position           INTEGER NOT NULL        -- the last change number that it was told of
) STRICT, WITHOUT ROWID;
CREATE INDEX webhook_of ON webhook (account, app, extension);

-- Which process delivers: one at a time.
CREATE TABLE webhook_lease (
    account  INTEGER NOT NULL PRIMARY KEY REFERENCES account,
    holder   TEXT    NOT NULL,
    until_ms INTEGER NOT NULL
) STRICT;
