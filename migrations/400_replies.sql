CREATE TABLE replies (
  id text PRIMARY KEY,
  report_id text NOT NULL REFERENCES reports (id),
  submission_id text NOT NULL REFERENCES submissions (id),
  org_id text NOT NULL REFERENCES orgs (id),
  author_id text NOT NULL,
  text text NOT NULL,
  per_sample jsonb NOT NULL,
  tlp text NOT NULL,
  compartments text[] NOT NULL,
  filed_at timestamptz(3) NOT NULL
);
SELECT guard('replies');
CREATE INDEX replies_report ON replies (report_id);
CREATE INDEX replies_submission ON replies (submission_id);
