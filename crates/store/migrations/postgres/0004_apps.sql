-- Who may ask this archive over the Call Log API: apps, people, and what they are signed in with. No secret is
-- kept, only what it can be recognised by.

CREATE TABLE app (
    client_id     text     COLLATE "C" NOT NULL PRIMARY KEY,
    account       bigint   NOT NULL REFERENCES account,
    name          text     NOT NULL,
    secret_hash   bytea,                       -- SHA-256; NULL: a public app has none
    scopes        text     NOT NULL,           -- names, separated by blanks
    redirect_uris text     NOT NULL,           -- JSON, an array
    plan          text,                        -- 10/60s, or off; NULL: as the server's
    masks_numbers smallint NOT NULL,           -- it gets phone numbers without their last digits
    created_ms    bigint   NOT NULL,
    revoked_ms    bigint
);

-- A person's JWT.
CREATE TABLE app_credential (
    id           text   COLLATE "C" NOT NULL PRIMARY KEY, -- its claim `jti`
    account      bigint NOT NULL REFERENCES account,
    extension    bigint NOT NULL,              -- the person
    app          text,                         -- the one app that it is good for; NULL: any
    hash         bytea  NOT NULL,              -- SHA-256
    created_ms   bigint NOT NULL,
    expires_ms   bigint,
    revoked_ms   bigint,
    last_used_ms bigint
);

-- What a person signs in with in a browser.
CREATE TABLE app_password (
    account    bigint NOT NULL REFERENCES account,
    extension  bigint NOT NULL,
    hash       text   NOT NULL,                -- Argon2id, as a PHC string
    changed_ms bigint NOT NULL,
    PRIMARY KEY (account, extension)
);

CREATE TABLE app_session (
    id         text   COLLATE "C" NOT NULL PRIMARY KEY,
    account    bigint NOT NULL REFERENCES account,
    app        text   COLLATE "C" NOT NULL,
    extension  bigint NOT NULL,
    state      text   NOT NULL,                -- JSON, the API's own
    revision   bigint NOT NULL,                -- how often it was written
    expires_ms bigint NOT NULL                 -- when the last of its tokens does
);
CREATE INDEX app_session_of ON app_session (account, app, extension);
CREATE INDEX app_session_expires ON app_session (expires_ms);

CREATE TABLE app_token (
    digest     bytea  NOT NULL PRIMARY KEY,    -- SHA-256
    session    text   COLLATE "C" NOT NULL REFERENCES app_session ON DELETE CASCADE,
    expires_ms bigint NOT NULL
);
CREATE INDEX app_token_of ON app_token (session);
CREATE INDEX app_token_expires ON app_token (expires_ms);

-- Requests that count against a rate limit. Unlogged: counting waits for no disk. Should the server crash, what
-- was counted is forgotten.
CREATE UNLOGGED TABLE app_rate (
    account    bigint NOT NULL REFERENCES account,
    app        text   COLLATE "C" NOT NULL,
    extension  bigint NOT NULL,                -- 0: nobody has signed in yet
    class      text   COLLATE "C" NOT NULL,    -- heavy, medium, …
    revision   bigint NOT NULL,                -- how often it was written
    log        text   NOT NULL,                -- JSON, the API's own
    expires_ms bigint NOT NULL,                -- when it says no more than no row would
    PRIMARY KEY (account, app, extension, class)
);
