CREATE TABLE validations (
  id text PRIMARY KEY,
  finding_id text NOT NULL,
  package text NOT NULL,
  state text NOT NULL,
  -- What is tried: recipe and input by digest, pinned when the work begins.
  trials jsonb NOT NULL,
  verdict text,
  because text,
  crash_state text,
  -- The trial that decided.
  recipe_id text,
  poc_id text,
  poc_sha256 text,
  -- The signed record (DSSE) of that trial.
  record jsonb,
  requested_at timestamptz(3) NOT NULL,
  concluded_at timestamptz(3),
  tlp text NOT NULL,
  compartments text[] NOT NULL
);
SELECT guard('validations');
CREATE INDEX validations_finding ON validations (finding_id, id);
