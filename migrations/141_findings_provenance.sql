ALTER TABLE findings
  -- SHA3-256 of everything handed in; with the salt it opens the commitment.
  ADD COLUMN content_digest text NOT NULL DEFAULT '',
  ADD COLUMN discovery_model text,
  ADD COLUMN tooling_access text,
  -- The human who answers for it.
  ADD COLUMN answerable text,
  ADD COLUMN repository text,
  ADD COLUMN corrects_id text REFERENCES findings (id),
  ADD COLUMN corrected_by_id text REFERENCES findings (id),
  -- When salt and digest of its content were shown to everybody.
  ADD COLUMN revealed_at timestamptz(3);
