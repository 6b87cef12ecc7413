-- By when, and why; null for exposures that were found before this was worked out.
ALTER TABLE fixes ADD COLUMN due_at timestamptz(3), ADD COLUMN due_because text;
