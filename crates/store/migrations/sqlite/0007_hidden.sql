-- Records that a user has deleted from the own call log, as it is served: nothing is erased by that.
CREATE TABLE hidden (
    account   INTEGER NOT NULL REFERENCES account,
    id        TEXT    NOT NULL,                -- RingCentral's, of the record
    extension INTEGER NOT NULL,                -- from whose log it is hidden: the extension's id
    number    INTEGER NOT NULL,                -- later ones have higher ones within the account
    hidden_ms INTEGER NOT NULL,
    PRIMARY KEY (account, id, extension)
) STRICT, WITHOUT ROWID;
CREATE INDEX hidden_by_number ON hidden (account, extension, number);

-- The newest number of a hidden record.
ALTER TABLE account ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0;
