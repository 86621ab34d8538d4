-- work.db, layout 1. SCHEMA.md explains each table. Every table but `tally` has a rowid, so that a
-- damaged file can be read row by row. Times are milliseconds since 1970, UTC.

PRAGMA application_id = 0x4653574B;  -- "FSWK"

CREATE TABLE intent(
  id INTEGER PRIMARY KEY,
  item TEXT NOT NULL,
  remote TEXT NOT NULL,
  project TEXT NOT NULL,
  kind TEXT NOT NULL,
  act TEXT NOT NULL,
  state TEXT NOT NULL,
  depends_on INTEGER,
  next_attempt INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  attachment_count INTEGER NOT NULL,
  attachment_bytes INTEGER NOT NULL,
  heavy INTEGER AS (attachment_count > 0) VIRTUAL,
  cause TEXT NOT NULL,
  sending_since INTEGER,
  captured_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  result TEXT NOT NULL,
  author TEXT NOT NULL,
  token TEXT NOT NULL,
  evidence TEXT NOT NULL,
  payload BLOB NOT NULL
) STRICT;
CREATE INDEX intent_item ON intent(item);
CREATE INDEX intent_open
  ON intent(remote, state, heavy, next_attempt, id, kind, project, act, item)
  WHERE state NOT IN ('delivered', 'cancelled');
CREATE INDEX intent_waiting ON intent(depends_on) WHERE state = 'waiting';

CREATE TABLE tally(state TEXT PRIMARY KEY, amount INTEGER NOT NULL) WITHOUT ROWID, STRICT;
INSERT INTO tally VALUES
  ('queued', 0), ('waiting', 0), ('sending', 0), ('in_doubt', 0),
  ('sent', 0), ('delivered', 0), ('held', 0), ('cancelled', 0);
CREATE TRIGGER intent_added AFTER INSERT ON intent BEGIN
  UPDATE tally SET amount = amount + 1 WHERE state = NEW.state;
END;
CREATE TRIGGER intent_moved AFTER UPDATE OF state ON intent WHEN OLD.state <> NEW.state BEGIN
  UPDATE tally SET amount = amount - 1 WHERE state = OLD.state;
  UPDATE tally SET amount = amount + 1 WHERE state = NEW.state;
END;

CREATE TABLE binding(
  item TEXT NOT NULL UNIQUE,
  remote TEXT NOT NULL,
  project TEXT NOT NULL,
  kind TEXT NOT NULL,
  service_id TEXT NOT NULL,
  intent INTEGER NOT NULL
) STRICT;
CREATE INDEX binding_service ON binding(kind, project, service_id);

CREATE TABLE outcome(
  kind TEXT NOT NULL,
  project TEXT NOT NULL,
  service_id TEXT NOT NULL,
  intent INTEGER NOT NULL,
  UNIQUE(kind, project, service_id)
) STRICT;

CREATE TABLE upload(
  intent INTEGER NOT NULL,
  position INTEGER NOT NULL,
  blob TEXT NOT NULL,
  size INTEGER NOT NULL,
  style TEXT NOT NULL,
  state TEXT NOT NULL,
  service_id TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE(intent, position)
) STRICT;
CREATE TABLE upload_part(
  intent INTEGER NOT NULL,
  position INTEGER NOT NULL,
  part INTEGER NOT NULL,
  etag TEXT NOT NULL,
  archive BLOB NOT NULL,
  UNIQUE(intent, position, part)
) STRICT;

CREATE TABLE receipt(
  number INTEGER PRIMARY KEY,
  intent INTEGER NOT NULL,
  item TEXT NOT NULL,
  kind TEXT NOT NULL,
  act TEXT NOT NULL,
  project TEXT NOT NULL,
  remote TEXT NOT NULL,
  service_id TEXT NOT NULL,
  captured_at INTEGER NOT NULL,
  delivered_at INTEGER NOT NULL,
  proof TEXT NOT NULL,
  previous TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;
CREATE INDEX receipt_item ON receipt(item);
CREATE TRIGGER receipt_fixed BEFORE UPDATE ON receipt BEGIN
  SELECT RAISE(ABORT, 'receipts are never changed');
END;
CREATE TRIGGER receipt_kept BEFORE DELETE ON receipt BEGIN
  SELECT RAISE(ABORT, 'receipts are never deleted');
END;
CREATE TABLE receipt_head(
  one INTEGER PRIMARY KEY CHECK(one = 1),
  number INTEGER NOT NULL,
  hash TEXT NOT NULL
) STRICT;

CREATE TABLE follow(
  remote TEXT NOT NULL,
  project TEXT NOT NULL,
  tools TEXT NOT NULL,
  UNIQUE(remote, project)
) STRICT;

CREATE TABLE setting(name TEXT NOT NULL UNIQUE, value TEXT NOT NULL) STRICT;
