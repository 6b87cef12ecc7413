CREATE TABLE agreements (
  id text PRIMARY KEY,
  org_id text NOT NULL REFERENCES orgs (id),
  parties jsonb NOT NULL,
  terms jsonb NOT NULL,
  legal_basis text NOT NULL,
  basis_expires_at timestamptz(3) NOT NULL,
  digest text NOT NULL,
  state text NOT NULL,
  tlp text NOT NULL,
  compartments text[] NOT NULL,
  proposed_at timestamptz(3) NOT NULL
);
SELECT guard('agreements');
