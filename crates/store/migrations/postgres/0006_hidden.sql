-- Records that a user has deleted from the own call log, as it is served: nothing is erased by that.
CREATE TABLE hidden (
    account   bigint NOT NULL REFERENCES account,
    id        text   COLLATE "C" NOT NULL,     -- RingCentral's, of the record
    extension bigint NOT NULL,                 -- from whose log it is hidden: the extension's id
    hidden_ms bigint NOT NULL,
    PRIMARY KEY (account, id, extension)
);
CREATE INDEX hidden_by_time ON hidden (account, extension, hidden_ms);
