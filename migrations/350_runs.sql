CREATE TABLE runs (
  id text PRIMARY KEY,
  plan_id text NOT NULL REFERENCES plans (id),
  submission_id text NOT NULL,
  -- Who froze the plan and keeps its suite.
  evaluator_id text NOT NULL REFERENCES orgs (id),
  task_id text NOT NULL,
  recipe_id text NOT NULL,
  epoch int NOT NULL,
  -- Which of the plan's budgets, from 0.
  budget int NOT NULL,
  turns int NOT NULL,
  tokens bigint NOT NULL,
  seed bigint,
  nonce text NOT NULL,
  state text NOT NULL,
  -- Every beginning is an attempt of its own: a worker that was given up for dead cannot end a later one.
  attempt int NOT NULL,
  window_starts_at timestamptz(3) NOT NULL,
  window_ends_at timestamptz(3) NOT NULL,
  queued_at timestamptz(3) NOT NULL,
  begun_at timestamptz(3),
  finished_at timestamptz(3),
  ended text,
  because text,
  turns_used int NOT NULL DEFAULT 0,
  input_tokens bigint NOT NULL DEFAULT 0,
  output_tokens bigint NOT NULL DEFAULT 0,
  tool_calls int NOT NULL DEFAULT 0,
  transcript_id text,
  transcript_sha256 text,
  poc_id text,
  poc_sha256 text,
  tlp text NOT NULL,
  compartments text[] NOT NULL,
  UNIQUE (plan_id, task_id, epoch, budget)
);
SELECT guard('runs');
CREATE INDEX runs_plan ON runs (plan_id, id);
CREATE INDEX runs_submission ON runs (submission_id) WHERE state <> 'finished';
CREATE INDEX runs_waiting ON runs (window_starts_at) WHERE state = 'waiting';
CREATE INDEX runs_poc ON runs (submission_id, poc_sha256) WHERE poc_sha256 IS NOT NULL;
