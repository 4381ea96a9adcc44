-- Records that a user has deleted from the own call log, as it is served: nothing is erased by that.
CREATE TABLE hidden (
    account   bigint NOT NULL REFERENCES account,
    id        text   COLLATE "C" NOT NULL,     -- RingCentral's, of the record
    extension bigint NOT NULL,                 -- from whose log it is hidden: the extension's id
    number    bigint NOT NULL,                 -- later ones have higher ones within the account
    hidden_ms bigint NOT NULL,
    PRIMARY KEY (account, id, extension)
);
CREATE INDEX hidden_by_number ON hidden (account, extension, number);

-- The newest number of a hidden record.
ALTER TABLE account ADD COLUMN hidden bigint NOT NULL DEFAULT 0;
