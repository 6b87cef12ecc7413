-- How often a credential was used in the hour that began at hour_at (src/app/admission.ts).
ALTER TABLE credentials ADD COLUMN hour_at timestamptz(3), ADD COLUMN hour_requests int NOT NULL DEFAULT 0;
-- Counted at every submission: room on the page keeps the counting out of the indexes.
ALTER TABLE credentials SET (fillfactor = 50);
