-- work.db, layout 2: what people decided about acts that were held, so that it can be undone until
-- it is sent.

CREATE TABLE resolution(
  number INTEGER PRIMARY KEY,
  item TEXT NOT NULL,
  take TEXT NOT NULL,
  author TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  archive BLOB NOT NULL
) STRICT;
CREATE INDEX resolution_item ON resolution(item);
