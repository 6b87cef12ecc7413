CREATE TABLE reports (
  id text PRIMARY KEY,
  determination_id text NOT NULL REFERENCES determinations (id),
  plan_id text NOT NULL REFERENCES plans (id),
  submission_id text NOT NULL REFERENCES submissions (id),
  org_id text NOT NULL REFERENCES orgs (id),
  plan_digest text NOT NULL,
  verdict text NOT NULL,
  reasons text[] NOT NULL,
  samples jsonb NOT NULL,
  mitigations text[] NOT NULL,
  tlp text NOT NULL,
  compartments text[] NOT NULL,
  issued_at timestamptz(3) NOT NULL
);
SELECT guard('reports');
CREATE UNIQUE INDEX reports_determination ON reports (determination_id);
CREATE INDEX reports_submission ON reports (submission_id);
