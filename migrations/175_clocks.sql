-- What somebody owes in a case, and by when. One clock of a kind runs on one matter at a time; those that are done stay.
CREATE TABLE case_clocks (
  id text PRIMARY KEY,
  case_id text NOT NULL REFERENCES cases (id),
  kind text NOT NULL,
  -- What it runs on within the case: a participant, a proposal, an attempt; '' = the case itself.
  about text NOT NULL,
  owed_by text NOT NULL,
  owed_by_id text,
  -- The organisation that sees it, where who owes it has one.
  org_id text,
  because text NOT NULL,
  started_at timestamptz(3) NOT NULL,
  warn_at timestamptz(3),
  due_at timestamptz(3) NOT NULL,
  escalate_at timestamptz(3),
  -- The next thing this clock does by itself, apart, so that what is due is found by an index; null = nothing more.
  next_at timestamptz(3),
  warned_at timestamptz(3),
  overdue_at timestamptz(3),
  escalated_at timestamptz(3),
  done_at timestamptz(3),
  tlp text NOT NULL,
  compartments text[] NOT NULL
);
SELECT guard('case_clocks');
CREATE UNIQUE INDEX case_clocks_running ON case_clocks (case_id, kind, about) WHERE done_at IS NULL;
CREATE INDEX case_clocks_next ON case_clocks (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX case_clocks_owed ON case_clocks (org_id, due_at) WHERE done_at IS NULL;
-- What comes before the coordinator: the clearinghouse's own, and what others have let pass.
CREATE INDEX case_clocks_desk ON case_clocks (due_at) WHERE done_at IS NULL AND (owed_by = 'coordinator' OR escalated_at IS NOT NULL);
