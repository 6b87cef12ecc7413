-- Two findings, tried against each other's fixes.
CREATE TABLE matrices (
  id text PRIMARY KEY,
  -- The older of the two first.
  a_id text NOT NULL REFERENCES findings (id),
  b_id text NOT NULL REFERENCES findings (id),
  state text NOT NULL,
  -- Recipes, inputs and patches by digest; `inputs` is the digest of it all: once for each pair and each set of inputs.
  plan jsonb NOT NULL,
  inputs text NOT NULL,
  -- Digest of the pinned matrix (lab/matrix/plan.ts), once begun.
  experiment text,
  relation text,
  container_id text,
  because text,
  shown jsonb,
  -- The signed record (DSSE).
  record jsonb,
  requested_at timestamptz(3) NOT NULL,
  concluded_at timestamptz(3),
  tlp text NOT NULL,
  compartments text[] NOT NULL,
  UNIQUE (a_id, b_id, inputs)
);
SELECT guard('matrices');
