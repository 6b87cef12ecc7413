-- VRF ids given out, and what each was given for: the same content again gets the same one.
CREATE TABLE vince_reports (
  vrf_id text PRIMARY KEY,
  org_id text NOT NULL REFERENCES orgs (id),
  digest text NOT NULL,
  finding_id text NOT NULL REFERENCES findings (id),
  tlp text NOT NULL,
  compartments text[] NOT NULL,
  received_at timestamptz(3) NOT NULL
);
SELECT guard('vince_reports');
CREATE INDEX vince_reports_digest ON vince_reports (org_id, digest);
