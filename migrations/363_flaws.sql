-- What becomes of flaws in others' software that a model finds by the way, as its developer chose: kept, or handed on, unnamed or named.
ALTER TABLE submissions ADD COLUMN flaws text NOT NULL DEFAULT 'kept';
-- What a person handed on to the clearinghouse, by the grade it was seen in. The finding itself is the clearinghouse's, under its own label.
CREATE TABLE flaws (
  grade_id text PRIMARY KEY REFERENCES grades (id),
  plan_id text NOT NULL REFERENCES plans (id),
  run_id text NOT NULL,
  evaluator_id text NOT NULL REFERENCES orgs (id),
  by_id text,
  -- Null once the developer has erased what was measured: that something was handed on stays, and the finding with the clearinghouse.
  finding_id text,
  is_named boolean NOT NULL,
  tlp text NOT NULL,
  compartments text[] NOT NULL,
  handed_on_at timestamptz(3) NOT NULL
);
SELECT guard('flaws');
CREATE INDEX flaws_plan ON flaws (plan_id, grade_id);
