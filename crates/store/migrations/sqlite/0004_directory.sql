-- The directory with dates: who and what there was, and when.

-- A row says that something was so from one look at a list of upstream's until another found it changed, or
-- gone. The moments are those of the looks: what changed, did so at some time since the look before.
CREATE TABLE directory (
    account       INTEGER NOT NULL REFERENCES account,
    kind          TEXT    NOT NULL,            -- account, extension, queue, member, site, number, hours
    part          INTEGER NOT NULL,            -- of which list: members a queue's, hours an extension's; else 0
    id            TEXT    NOT NULL,            -- RingCentral's, unique in the list
    valid_from_ms INTEGER NOT NULL,
    valid_to_ms   INTEGER,                     -- NULL: it is so still
    hash          BLOB    NOT NULL,            -- what it says; empty: only the columns below are known
    number        TEXT,                        -- short number, or phone number
    name          TEXT,
    type          TEXT,
    status        TEXT,
    department    TEXT,
    extension     INTEGER,                     -- the id of the extension that it is, or belongs to
    site          TEXT,                        -- the id of its site
    json          TEXT    NOT NULL,            -- as it came
    PRIMARY KEY (account, kind, part, id, valid_from_ms)
) STRICT, WITHOUT ROWID;

-- What was known of extensions, without dates: since the archive knows the account.
INSERT INTO directory
    SELECT e.account, 'extension', 0, CAST(e.id AS TEXT), a.created_ms, NULL, x'', e.number, e.name, e.type,
        NULL, NULL, e.id, NULL,
        json_object('id', e.id, 'extensionNumber', e.number, 'name', e.name, 'type', e.type)
    FROM extension e JOIN account a ON a.account = e.account;
-- When they were last read: a cursor says so from now on.
DELETE FROM value WHERE key LIKE 'directory %';
DROP VIEW callbook_v1_extensions;
DROP TABLE extension;

-- `counts_from_ms`: what was there at the first look at a list is taken to have been so before.
CREATE VIEW callbook_v1_directory AS
    SELECT a.id AS account_id, d.kind, nullif(d.part, 0) AS list_extension_id, d.id, d.number, d.name, d.type,
        d.status, d.department, d.extension AS extension_id, d.site AS site_id, d.json,
        strftime('%Y-%m-%dT%H:%M:%fZ', d.valid_from_ms / 1000.0, 'unixepoch') AS valid_from,
        strftime('%Y-%m-%dT%H:%M:%fZ', d.valid_to_ms / 1000.0, 'unixepoch') AS valid_to,
        d.valid_from_ms, d.valid_to_ms,
        CASE WHEN d.valid_from_ms > min(d.valid_from_ms) OVER (PARTITION BY d.account, d.kind, d.part)
            THEN d.valid_from_ms ELSE 0 END AS counts_from_ms
    FROM directory d JOIN account a ON a.account = d.account;

CREATE VIEW callbook_v1_directory_extensions AS
    SELECT account_id, extension_id, number AS extension_number, name, type, status, department, site_id,
        valid_from, valid_to, valid_from_ms, valid_to_ms, counts_from_ms
    FROM callbook_v1_directory WHERE kind = 'extension';

CREATE VIEW callbook_v1_directory_members AS
    SELECT account_id, list_extension_id AS queue_id, extension_id, valid_from, valid_to, valid_from_ms,
        valid_to_ms, counts_from_ms
    FROM callbook_v1_directory WHERE kind = 'member';

-- As last seen.
CREATE VIEW callbook_v1_extensions AS
    SELECT a.id AS account_id, d.extension AS extension_id,
        CASE WHEN d.valid_to_ms IS NULL THEN d.number END AS extension_number, d.name, d.type
    FROM directory d JOIN account a ON a.account = d.account
    WHERE d.kind = 'extension' AND d.valid_from_ms = (
        SELECT max(l.valid_from_ms) FROM directory l
        WHERE l.account = d.account AND l.kind = d.kind AND l.part = d.part AND l.id = d.id);
