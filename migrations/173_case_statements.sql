-- What a supplier says of its own package in a case. What was said before stays, so that a change of mind can be read.
CREATE TABLE case_statements (
  id text PRIMARY KEY,
  case_id text NOT NULL REFERENCES cases (id),
  org_id text NOT NULL REFERENCES orgs (id),
  package text NOT NULL,
  status text NOT NULL,
  justification text,
  affected jsonb NOT NULL,
  said text NOT NULL,
  said_by text NOT NULL,
  said_at timestamptz(3) NOT NULL,
  state text NOT NULL,
  approved_by text,
  approved_at timestamptz(3),
  tlp text NOT NULL,
  compartments text[] NOT NULL,
  CHECK ((state = 'approved') = (approved_by IS NOT NULL)),
  CHECK (approved_by IS NULL OR approved_by <> said_by)
);
SELECT guard('case_statements');
CREATE INDEX case_statements_case ON case_statements (case_id, said_at);
CREATE UNIQUE INDEX case_statements_current ON case_statements (case_id, org_id, package) WHERE state <> 'replaced';
