-- The time of the last entry lies with the head that is locked anyway: whoever appends need not ask for it.
ALTER TABLE log_head ADD COLUMN at timestamptz(3);
UPDATE log_head SET at = (SELECT at FROM log_entries WHERE seq = size);
