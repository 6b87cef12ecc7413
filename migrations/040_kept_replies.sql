-- A kept reply shows what the caller could read when it was given; whoever has been let out since must not be shown it again.
-- What was kept before carries no label: it is dropped, and a request sent again is done again.
DELETE FROM kept_replies;
ALTER TABLE kept_replies ADD COLUMN tlp text NOT NULL, ADD COLUMN compartments text[] NOT NULL;
SELECT guard('kept_replies');
CREATE INDEX kept_replies_at ON kept_replies (at);
