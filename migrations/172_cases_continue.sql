-- The vulnerability into which all of this case's findings went, or whose fix covers it.
ALTER TABLE cases ADD COLUMN continues_in_id text;
