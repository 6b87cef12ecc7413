-- A webhook of cases tells one person's notices, to whoever that person named; it counts as their notices do.
ALTER TABLE webhooks ADD COLUMN about text NOT NULL DEFAULT 'releases';
CREATE INDEX webhooks_added_by ON webhooks (added_by) WHERE about = 'cases' AND state = 'active';
