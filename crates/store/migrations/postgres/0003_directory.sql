-- The directory with dates: who and what there was, and when.

-- A row says that something was so from one look at a list of upstream's until another found it changed, or
-- gone. The moments are those of the looks: what changed, did so at some time since the look before.
CREATE TABLE directory (
    account       bigint NOT NULL REFERENCES account,
    kind          text   COLLATE "C" NOT NULL, -- account, extension, queue, member, site, number, hours
    part          bigint NOT NULL,               -- of which list: members a queue's, hours an extension's; else 0
    id            text   COLLATE "C" NOT NULL, -- RingCentral's, unique in the list
    valid_from_ms bigint NOT NULL,
    valid_to_ms   bigint,                      -- NULL: it is so still
    hash          bytea  NOT NULL,               -- what it says; empty: only the columns below are known
    number        text,                        -- short number, or phone number
    name          text,
    type          text,
    status        text,
    department    text,
    extension     bigint,                      -- the id of the extension that it is, or belongs to
    site          text,                        -- the id of its site
    json          text   NOT NULL,               -- as it came
    PRIMARY KEY (account, kind, part, id, valid_from_ms)
);

-- What was known of extensions, without dates: since the archive knows the account.
INSERT INTO directory
    SELECT e.account, 'extension', 0, CAST(e.id AS text), a.created_ms, NULL, ''::bytea, e.number, e.name, e.type,
        NULL, NULL, e.id, NULL,
        json_build_object('id', e.id, 'extensionNumber', e.number, 'name', e.name, 'type', e.type)::text
    FROM extension e JOIN account a ON a.account = e.account;
-- When they were last read: a cursor says so from now on.
DELETE FROM value WHERE key LIKE 'directory %';

-- `counts_from_ms`: what was there at the first look at a list is taken to have been so before.
CREATE VIEW callbook_v1_directory AS
    SELECT a.id AS account_id, d.kind, nullif(d.part, 0) AS list_extension_id, d.id, d.number, d.name, d.type,
        d.status, d.department, d.extension AS extension_id, d.site AS site_id, d.json,
        to_timestamp(d.valid_from_ms / 1000.0) AS valid_from,
        to_timestamp(d.valid_to_ms / 1000.0) AS valid_to,
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

-- As last seen. Whoever was granted the view before may read it still.
CREATE OR REPLACE VIEW callbook_v1_extensions AS
    SELECT a.id AS account_id, d.extension AS extension_id,
        CASE WHEN d.valid_to_ms IS NULL THEN d.number END AS extension_number, d.name, d.type
    FROM directory d JOIN account a ON a.account = d.account
    WHERE d.kind = 'extension' AND d.valid_from_ms = (
        SELECT max(l.valid_from_ms) FROM directory l
        WHERE l.account = d.account AND l.kind = d.kind AND l.part = d.part AND l.id = d.id);

DROP TABLE extension;
