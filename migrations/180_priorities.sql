CREATE TABLE priorities (
  id text PRIMARY KEY,
  case_id text NOT NULL REFERENCES cases (id),
  cvss jsonb NOT NULL,
  ssvc jsonb NOT NULL,
  evidence jsonb NOT NULL,
  decision text NOT NULL,
  -- A person decided otherwise than the table, and said why.
  deviation jsonb,
  assessed_by text NOT NULL,
  assessed_at timestamptz(3) NOT NULL,
  tlp text NOT NULL,
  compartments text[] NOT NULL
);
SELECT guard('priorities');
CREATE INDEX priorities_case ON priorities (case_id, assessed_at);
