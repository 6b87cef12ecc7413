CREATE TABLE claims (
  id text PRIMARY KEY,
  org_id text NOT NULL REFERENCES orgs (id),
  purl text NOT NULL,
  package text NOT NULL,
  paths text[] NOT NULL,
  technique text NOT NULL,
  contact text NOT NULL,
  starts_at timestamptz(3) NOT NULL,
  ends_at timestamptz(3) NOT NULL,
  state text NOT NULL,
  tlp text NOT NULL,
  compartments text[] NOT NULL,
  created_at timestamptz(3) NOT NULL
);
SELECT guard('claims');
CREATE INDEX claims_package ON claims (package) WHERE state = 'held';
CREATE INDEX claims_ends ON claims (ends_at) WHERE state = 'held';
