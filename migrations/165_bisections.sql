-- From where to where a flaw is in the history of its target.
CREATE TABLE bisections (
  id text PRIMARY KEY,
  finding_id text NOT NULL REFERENCES findings (id),
  state text NOT NULL,
  recipe_id text NOT NULL,
  poc_id text NOT NULL,
  poc_sha256 text NOT NULL,
  -- Digest of the pinned search (lab/bisect), once begun.
  experiment text,
  progress jsonb,
  outcome text,
  because text,
  -- Points and ranges, by the names people know them by.
  found jsonb,
  requested_by text NOT NULL,
  requested_at timestamptz(3) NOT NULL,
  concluded_at timestamptz(3),
  tlp text NOT NULL,
  compartments text[] NOT NULL
);
SELECT guard('bisections');
CREATE INDEX bisections_finding ON bisections (finding_id, id);
