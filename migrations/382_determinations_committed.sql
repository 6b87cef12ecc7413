-- The log commits to what was decided without telling it; this opens the commitment. Null for those of before, whose verdict the log tells.
ALTER TABLE determinations ADD COLUMN salt text;
