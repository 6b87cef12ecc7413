CREATE TABLE determinations (
  id text PRIMARY KEY,
  plan_id text NOT NULL REFERENCES plans (id),
  submission_id text NOT NULL REFERENCES submissions (id),
  org_id text NOT NULL REFERENCES orgs (id),
  decider_id text NOT NULL,
  decider_name text NOT NULL,
  basis text NOT NULL,
  verdict text NOT NULL,
  reasons text[] NOT NULL,
  comparisons jsonb NOT NULL,
  state text NOT NULL,
  appeal jsonb,
  answer jsonb,
  tlp text NOT NULL,
  compartments text[] NOT NULL,
  decided_at timestamptz(3) NOT NULL
);
SELECT guard('determinations');
-- One that stands per plan; after a successful appeal there may be another.
CREATE UNIQUE INDEX determinations_plan ON determinations (plan_id) WHERE state NOT IN ('set-aside', 'erased');
CREATE INDEX determinations_submission ON determinations (submission_id);
