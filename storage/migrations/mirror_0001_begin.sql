-- mirror.db, layout 1. SCHEMA.md explains each table. Times are milliseconds since 1970, UTC.

PRAGMA application_id = 0x46534D52;  -- "FSMR"

CREATE TABLE scope(
  number INTEGER PRIMARY KEY,
  remote TEXT NOT NULL,
  project TEXT NOT NULL,
  kind TEXT NOT NULL,
  UNIQUE(remote, project, kind)
) STRICT;

CREATE TABLE record(
  number INTEGER PRIMARY KEY,
  scope INTEGER NOT NULL,
  id TEXT NOT NULL,
  presence INTEGER NOT NULL,
  extent INTEGER NOT NULL,
  updated_at INTEGER,
  observed_at INTEGER NOT NULL,
  document TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX record_key ON record(scope, id);
CREATE INDEX record_to_show ON record(scope, updated_at DESC) WHERE extent = 1 AND presence = 0;

CREATE TABLE file(
  record INTEGER NOT NULL,
  slot TEXT NOT NULL,
  scope INTEGER NOT NULL,
  rank INTEGER NOT NULL,
  name TEXT NOT NULL,
  url TEXT NOT NULL,
  size INTEGER,
  blob TEXT,
  again_at INTEGER NOT NULL,
  evidence TEXT NOT NULL,
  PRIMARY KEY(record, slot)
) WITHOUT ROWID, STRICT;
CREATE INDEX file_wanted ON file(scope, slot, rank, again_at, record DESC) WHERE blob IS NULL;

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
