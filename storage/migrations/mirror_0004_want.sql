-- mirror.db, layout 4: how much each file is wanted here, whether a person pinned it, and when its
-- bytes came or were last used: what may go when the disk is low, and in which order. And by what
-- the service tells the content of a file that comes in pieces from another one.

DROP INDEX file_wanted;
ALTER TABLE file ADD COLUMN want INTEGER NOT NULL DEFAULT 0;
ALTER TABLE file ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;
ALTER TABLE file ADD COLUMN used_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE file ADD COLUMN validator TEXT NOT NULL DEFAULT '';
UPDATE file SET want = CASE rank WHEN 0 THEN 3 ELSE 1 END
  WHERE slot = 'pdf' AND scope IN (SELECT number FROM scope WHERE kind = 'drawing');
ALTER TABLE file DROP COLUMN rank;

CREATE INDEX file_wanted ON file(want, again_at, record DESC) WHERE blob IS NULL;
CREATE INDEX file_kept ON file(pinned, (want = 1), used_at) WHERE blob IS NOT NULL;
CREATE INDEX file_blob ON file(blob) WHERE blob IS NOT NULL;
