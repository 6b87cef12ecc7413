CREATE TABLE scans (
  id text PRIMARY KEY,
  org_id text NOT NULL REFERENCES orgs (id),
  claim_id text NOT NULL REFERENCES claims (id),
  purl text NOT NULL,
  package text NOT NULL,
  tool text NOT NULL,
  tool_version text NOT NULL,
  started_at timestamptz(3) NOT NULL,
  ended_at timestamptz(3) NOT NULL,
  paths text[] NOT NULL,
  sarif_digest text,
  results int NOT NULL,
  tlp text NOT NULL,
  compartments text[] NOT NULL,
  recorded_at timestamptz(3) NOT NULL
);
SELECT guard('scans');
CREATE INDEX scans_package ON scans (package);
