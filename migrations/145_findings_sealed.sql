-- Public keys (age) under which people of the hub take sealed findings.
CREATE TABLE recipients (
  person_id text PRIMARY KEY,
  org_id text NOT NULL REFERENCES orgs (id),
  recipient text NOT NULL,
  offered_at timestamptz(3) NOT NULL,
  tlp text NOT NULL,
  compartments text[] NOT NULL
);
SELECT guard('recipients');

-- What only its recipients can read: until one of them opens it, the hub holds the commitment and what the finder chose to say.
CREATE TABLE sealed_findings (
  id text PRIMARY KEY,
  org_id text NOT NULL REFERENCES orgs (id),
  reporter_id text NOT NULL,
  receipt text NOT NULL UNIQUE,
  commitment text NOT NULL,
  blob_id text NOT NULL,
  bytes integer NOT NULL,
  recipient_ids text[] NOT NULL,
  title text,
  purl text,
  exploited boolean NOT NULL,
  state text NOT NULL,
  state_because text,
  state_by text,
  received_at timestamptz(3) NOT NULL,
  state_at timestamptz(3) NOT NULL,
  tlp text NOT NULL,
  compartments text[] NOT NULL
);
SELECT guard('sealed_findings');
CREATE INDEX sealed_findings_recipients ON sealed_findings USING gin (recipient_ids);
CREATE INDEX sealed_findings_org ON sealed_findings (org_id) WHERE state = 'sealed';
