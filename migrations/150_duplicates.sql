CREATE TABLE comparisons (
  id text PRIMARY KEY,
  package text NOT NULL,
  -- The older of the two first.
  a_id text NOT NULL REFERENCES findings (id),
  b_id text NOT NULL REFERENCES findings (id),
  decision text NOT NULL,
  score real NOT NULL,
  reasons text[] NOT NULL,
  -- A person or the hub itself; what a person decided, the hub does not decide again.
  decided_by text NOT NULL,
  tlp text NOT NULL,
  compartments text[] NOT NULL,
  decided_at timestamptz(3) NOT NULL,
  UNIQUE (a_id, b_id)
);
SELECT guard('comparisons');
CREATE INDEX comparisons_b ON comparisons (b_id);

CREATE TABLE vulnerabilities (
  id text PRIMARY KEY,
  package text NOT NULL,
  state text NOT NULL,
  tlp text NOT NULL,
  compartments text[] NOT NULL,
  opened_at timestamptz(3) NOT NULL
);
SELECT guard('vulnerabilities');
CREATE INDEX vulnerabilities_package ON vulnerabilities (package);

-- Never deleted: who was counted where, and when, stays as it was; left_at ends a membership.
CREATE TABLE vulnerability_members (
  vulnerability_id text NOT NULL REFERENCES vulnerabilities (id),
  finding_id text NOT NULL REFERENCES findings (id),
  org_id text NOT NULL,
  reporter_id text NOT NULL,
  received_at timestamptz(3) NOT NULL,
  joined_at timestamptz(3) NOT NULL,
  left_at timestamptz(3),
  because text NOT NULL,
  tlp text NOT NULL,
  compartments text[] NOT NULL
);
SELECT guard('vulnerability_members');
-- A finding is counted in one vulnerability at a time.
CREATE UNIQUE INDEX vulnerability_members_now ON vulnerability_members (finding_id) WHERE left_at IS NULL;
CREATE INDEX vulnerability_members_of ON vulnerability_members (vulnerability_id);
