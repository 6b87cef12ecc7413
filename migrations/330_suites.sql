CREATE TABLE suites (
  id text PRIMARY KEY,
  org_id text NOT NULL REFERENCES orgs (id),
  name text NOT NULL,
  tasks jsonb NOT NULL,
  count int NOT NULL,
  digest text NOT NULL,
  custodian text,
  tlp text NOT NULL,
  compartments text[] NOT NULL,
  published_at timestamptz(3) NOT NULL
);
SELECT guard('suites');
CREATE UNIQUE INDEX suites_name ON suites (org_id, lower(name));
