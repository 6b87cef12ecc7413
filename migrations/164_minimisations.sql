-- A smaller input with the same crash, searched for beside the one that was handed in.
CREATE TABLE minimisations (
  id text PRIMARY KEY,
  finding_id text NOT NULL REFERENCES findings (id),
  state text NOT NULL,
  recipe_id text NOT NULL,
  poc_id text NOT NULL,
  poc_sha256 text NOT NULL,
  -- Digest of the pinned search (lab/minimise), once begun.
  experiment text,
  progress jsonb,
  outcome text,
  because text,
  -- The smaller input, among the blobs.
  blob_id text,
  sha256 text,
  bytes_before integer,
  bytes_after integer,
  ended text,
  tries integer,
  requested_by text NOT NULL,
  requested_at timestamptz(3) NOT NULL,
  concluded_at timestamptz(3),
  tlp text NOT NULL,
  compartments text[] NOT NULL
);
SELECT guard('minimisations');
CREATE INDEX minimisations_finding ON minimisations (finding_id, id);
