-- How a validation is asked for, how it waits and how far it is; what its evidence shows.
ALTER TABLE validations
  -- So many runs, of which so many must show it.
  ADD COLUMN runs smallint NOT NULL DEFAULT 3,
  ADD COLUMN needed smallint NOT NULL DEFAULT 3,
  -- Place among those that wait; the greater goes first.
  ADD COLUMN priority integer NOT NULL DEFAULT 0,
  ADD COLUMN attempts smallint NOT NULL DEFAULT 0,
  ADD COLUMN begun_at timestamptz(3),
  -- The last that the worker said; nobody keeps what it said before.
  ADD COLUMN progress jsonb,
  -- Which kind of reason a verdict that could not tell has, and the lines that mend it.
  ADD COLUMN why text,
  ADD COLUMN mends text[] NOT NULL DEFAULT '{}',
  -- What the crash shows of its severity, from our own evidence.
  ADD COLUMN facts jsonb,
  -- Reports that the runs left, scrubbed, among the blobs.
  ADD COLUMN reports jsonb NOT NULL DEFAULT '[]';
CREATE INDEX validations_waiting ON validations (priority DESC, id) WHERE state IN ('requested', 'running', 'parked');

-- A recipe that came with a finding, looked at by a person and taken for this finding alone.
CREATE TABLE adopted_recipes (
  finding_id text NOT NULL REFERENCES findings (id),
  attachment_id text NOT NULL,
  sha256 text NOT NULL,
  because text NOT NULL,
  adopted_by text NOT NULL,
  adopted_at timestamptz(3) NOT NULL,
  tlp text NOT NULL,
  compartments text[] NOT NULL,
  PRIMARY KEY (finding_id, attachment_id)
);
SELECT guard('adopted_recipes');
