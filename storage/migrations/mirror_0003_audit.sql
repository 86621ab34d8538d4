-- mirror.db, layout 3: what was last compared with the service, record by record and tool by tool.

ALTER TABLE tool ADD COLUMN audited_at INTEGER;
-- Rights that grow show records whose changes were in no list before.
ALTER TABLE tool ADD COLUMN read_under TEXT NOT NULL DEFAULT '';

CREATE INDEX record_observed ON record(scope, observed_at) WHERE presence = 0 AND extent = 0;
