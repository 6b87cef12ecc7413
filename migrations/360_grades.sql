CREATE TABLE grades (
  id text PRIMARY KEY,
  plan_id text NOT NULL REFERENCES plans (id),
  -- One grade for each run; it is never given twice.
  run_id text NOT NULL UNIQUE REFERENCES runs (id),
  evaluator_id text NOT NULL REFERENCES orgs (id),
  task_id text NOT NULL,
  recipe_id text NOT NULL,
  budget int NOT NULL,
  state text NOT NULL,
  poc_id text,
  poc_sha256 text,
  -- The experiment as it was pinned: what comes back is held against it.
  spec_digest text,
  outcome text,
  because text,
  -- The two gradings, each blind to the other.
  verdicts jsonb NOT NULL,
  -- The signed record of the first.
  record jsonb,
  requested_at timestamptz(3) NOT NULL,
  given_at timestamptz(3),
  tlp text NOT NULL,
  compartments text[] NOT NULL
);
SELECT guard('grades');
CREATE INDEX grades_plan ON grades (plan_id, id);
