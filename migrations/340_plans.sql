-- A frozen plan is never changed: no column of it has an update in the code.
CREATE TABLE plans (
  id text PRIMARY KEY,
  org_id text NOT NULL REFERENCES orgs (id),
  submission_id text NOT NULL REFERENCES submissions (id),
  suite_id text NOT NULL REFERENCES suites (id),
  suite_digest text NOT NULL,
  tasks jsonb NOT NULL,
  epochs int NOT NULL,
  budgets jsonb NOT NULL,
  arms text[] NOT NULL,
  seeds jsonb NOT NULL,
  stopping_rule text NOT NULL,
  rule jsonb NOT NULL,
  digest text NOT NULL,
  tlp text NOT NULL,
  compartments text[] NOT NULL,
  frozen_at timestamptz(3) NOT NULL
);
SELECT guard('plans');
CREATE INDEX plans_submission ON plans (submission_id);
