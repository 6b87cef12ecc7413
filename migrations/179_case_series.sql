-- A push is a series of patches in order, on a branch; the next push to the branch takes its place.
ALTER TABLE case_patches
  ADD COLUMN org_id text,
  ADD COLUMN branch text NOT NULL DEFAULT 'main',
  -- Of each patch: who wrote it and what it says of itself, its digest and length within the blob, in order.
  ADD COLUMN series jsonb NOT NULL DEFAULT '[]',
  ADD COLUMN own_tests jsonb NOT NULL DEFAULT '[]',
  -- What each patch of the series does.
  ADD COLUMN steps jsonb NOT NULL DEFAULT '[]',
  ADD COLUMN superseded_by text,
  -- The last that the worker said.
  ADD COLUMN progress jsonb;
-- Begun before plans named a series: pinned anew by whoever takes it up.
UPDATE case_patches SET plan = NULL WHERE state = 'submitted';
