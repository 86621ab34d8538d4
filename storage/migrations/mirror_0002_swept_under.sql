-- mirror.db, layout 2: the rights under which a tool was last listed completely. Others in between
-- void what the listings before said about records that are gone.

ALTER TABLE tool ADD COLUMN swept_under TEXT NOT NULL DEFAULT '';
