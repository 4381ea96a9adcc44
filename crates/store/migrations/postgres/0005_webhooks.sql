-- Who is told of what happens, over HTTP.

CREATE TABLE webhook (
    id                 text   COLLATE "C" NOT NULL PRIMARY KEY, -- a UUID
    account            bigint NOT NULL REFERENCES account,
    app                text   COLLATE "C" NOT NULL, -- the client id of the app that made it
    extension          bigint NOT NULL,        -- the person who made it
    filters            text   NOT NULL,        -- JSON, an array: what it is about
    address            text   NOT NULL,
    verification_token text,                   -- in clear: it is sent along
    created_ms         bigint NOT NULL,
    expires_ms         bigint NOT NULL,
    blacklisted_ms     bigint,                 -- since when nothing is sent any more
    blacklisted_for    text,
    position           bigint NOT NULL         -- the last change number that it was told of
);
CREATE INDEX webhook_of ON webhook (account, app, extension);

-- Which process delivers: one at a time.
CREATE TABLE webhook_lease (
    account  bigint NOT NULL PRIMARY KEY REFERENCES account,
    holder   text   NOT NULL,
    until_ms bigint NOT NULL
);
