CREATE TABLE submissions (
  id text PRIMARY KEY,
  org_id text NOT NULL REFERENCES orgs (id),
  agreement_id text NOT NULL REFERENCES agreements (id),
  model text NOT NULL,
  statement_digest text NOT NULL,
  endpoint jsonb NOT NULL,
  arm text NOT NULL,
  cutoff_at timestamptz(3),
  partners text[] NOT NULL,
  window_starts_at timestamptz(3) NOT NULL,
  window_ends_at timestamptz(3) NOT NULL,
  basis_expires_at timestamptz(3) NOT NULL,
  state text NOT NULL,
  tlp text NOT NULL,
  compartments text[] NOT NULL,
  offered_at timestamptz(3) NOT NULL
);
SELECT guard('submissions');
CREATE INDEX submissions_window_ends ON submissions (window_ends_at) WHERE state = 'offered';
CREATE INDEX submissions_basis_expires ON submissions (basis_expires_at) WHERE state = 'offered';
CREATE INDEX submissions_agreement ON submissions (agreement_id);
