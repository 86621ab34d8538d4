-- mirror.db, layout 1. SCHEMA.md explains each table. Times are milliseconds since 1970, UTC.

PRAGMA application_id = 0x46534D52;  -- "FSMR"

CREATE TABLE record(
  number INTEGER PRIMARY KEY,
  remote TEXT NOT NULL,
  project TEXT NOT NULL,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  presence INTEGER NOT NULL,
  extent INTEGER NOT NULL,
  updated_at INTEGER,
  observed_at INTEGER NOT NULL,
  document TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX record_key ON record(remote, project, kind, id);
CREATE INDEX record_to_show ON record(remote, updated_at DESC) WHERE extent = 1 AND presence = 0;

CREATE TABLE file(
  record INTEGER NOT NULL REFERENCES record(number) ON DELETE CASCADE,
  slot TEXT NOT NULL,
  name TEXT NOT NULL,
  url TEXT NOT NULL,
  size INTEGER,
  blob TEXT,
  again_at INTEGER NOT NULL DEFAULT 0,
  evidence TEXT NOT NULL DEFAULT '',
  PRIMARY KEY(record, slot)
) WITHOUT ROWID, STRICT;
CREATE INDEX file_wanted ON file(slot, record) WHERE blob IS NULL;

CREATE TABLE tool(
  remote TEXT NOT NULL,
  project TEXT NOT NULL,
  tool TEXT NOT NULL,
  changes_until INTEGER,
  complete_as_of INTEGER,
  swept_at INTEGER,
  next_poll INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  cause TEXT NOT NULL,
  evidence TEXT NOT NULL,
  PRIMARY KEY(remote, project, tool)
) WITHOUT ROWID, STRICT;
