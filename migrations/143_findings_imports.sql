-- What could not be read, kept with the reason for its sender to look at and mend; the bytes lie sealed among the blobs.
CREATE TABLE findings_quarantine (
  id text PRIMARY KEY,
  org_id text NOT NULL REFERENCES orgs (id),
  reporter_id text NOT NULL,
  -- The format it was said to be in.
  format text,
  code text NOT NULL,
  because text NOT NULL,
  place text,
  -- Entry so and so of an upload.
  upload text,
  entry integer,
  blob_id text NOT NULL,
  sha256 text NOT NULL,
  bytes integer NOT NULL,
  tlp text NOT NULL,
  compartments text[] NOT NULL,
  quarantined_at timestamptz(3) NOT NULL
);
SELECT guard('findings_quarantine');
CREATE INDEX findings_quarantine_org ON findings_quarantine (org_id, id);

-- How far a stream of many documents has come; the replies themselves are kept like those of any Idempotency-Key.
CREATE TABLE findings_uploads (
  actor_id text NOT NULL,
  name text NOT NULL,
  org_id text NOT NULL REFERENCES orgs (id),
  -- The entry after the last one that was answered.
  next_entry integer NOT NULL,
  received integer NOT NULL,
  quarantined integer NOT NULL,
  skipped integer NOT NULL,
  tlp text NOT NULL,
  compartments text[] NOT NULL,
  began_at timestamptz(3) NOT NULL,
  last_at timestamptz(3) NOT NULL,
  PRIMARY KEY (actor_id, name)
);
SELECT guard('findings_uploads');
