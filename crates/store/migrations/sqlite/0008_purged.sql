-- No state of what was erased began at this moment or later: it is after `before_ms` where a call was moved back.
ALTER TABLE purge ADD COLUMN until_ms INTEGER NOT NULL DEFAULT 0;
UPDATE purge SET until_ms = before_ms;
