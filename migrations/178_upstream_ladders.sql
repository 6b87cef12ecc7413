-- Attempts to reach a supplier of a case. A supplier that answered and fell silent again has another round.
CREATE TABLE contact_ladders (
  id text PRIMARY KEY,
  case_id text NOT NULL REFERENCES cases (id),
  participant_id text NOT NULL,
  tempo text NOT NULL,
  tempo_because text,
  zone text NOT NULL,
  calendar text NOT NULL,
  started_at timestamptz(3) NOT NULL,
  state text NOT NULL,
  outcome text,
  because text,
  decided_by text,
  decided_at timestamptz(3),
  tlp text NOT NULL,
  compartments text[] NOT NULL,
  CHECK ((outcome IS NULL) = (decided_by IS NULL))
);
SELECT guard('contact_ladders');
CREATE INDEX contact_ladders_case ON contact_ladders (case_id);
CREATE UNIQUE INDEX contact_ladders_climbing ON contact_ladders (participant_id) WHERE state = 'climbing';

CREATE TABLE contact_attempts (
  ladder_id text NOT NULL REFERENCES contact_ladders (id),
  seq int NOT NULL,
  rung text NOT NULL,
  channel text NOT NULL,
  addressee text NOT NULL,
  -- The report itself, or only that there is one.
  carries_report boolean NOT NULL,
  at timestamptz(3) NOT NULL,
  outcome text NOT NULL,
  outcome_at timestamptz(3),
  note text,
  recorded_by text NOT NULL,
  recorded_at timestamptz(3) NOT NULL,
  tlp text NOT NULL,
  compartments text[] NOT NULL,
  PRIMARY KEY (ladder_id, seq)
);
SELECT guard('contact_attempts');

-- That a maintainer does not fix, in its own words; and that somebody else carries the fix for a while.
CREATE TABLE upstream_records (
  id text PRIMARY KEY,
  case_id text NOT NULL REFERENCES cases (id),
  participant_id text NOT NULL,
  kind text NOT NULL,
  said jsonb NOT NULL,
  state text NOT NULL,
  drafted_by text NOT NULL,
  drafted_at timestamptz(3) NOT NULL,
  approvals jsonb NOT NULL,
  -- When the term of a fork ends.
  ends_at timestamptz(3),
  tlp text NOT NULL,
  compartments text[] NOT NULL
);
SELECT guard('upstream_records');
CREATE INDEX upstream_records_case ON upstream_records (case_id);
CREATE INDEX upstream_records_due ON upstream_records (ends_at) WHERE kind = 'last-resort' AND state = 'approved';
