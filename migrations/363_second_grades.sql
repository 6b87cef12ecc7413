-- The share of runs that are graded again, by whom, and the seed by which they are drawn; null = none are, as in every plan of before.
ALTER TABLE plans ADD COLUMN second_grading jsonb;
-- Who grades a drawn sample again: shown no outcome of the plan from its beginning until every one asked for is given.
CREATE TABLE second_graders (
  plan_id text NOT NULL REFERENCES plans (id),
  person_id text NOT NULL,
  -- Drawn for this person; null until every run of the plan has its grade.
  asked int,
  given int NOT NULL,
  tlp text NOT NULL,
  compartments text[] NOT NULL,
  PRIMARY KEY (plan_id, person_id)
);
SELECT guard('second_graders');
CREATE INDEX second_graders_person ON second_graders (person_id);
-- Whether its developer holds it for wrong and nobody has answered.
ALTER TABLE grades ADD COLUMN is_disputed boolean NOT NULL DEFAULT false;
ALTER TABLE grades ALTER COLUMN is_disputed DROP DEFAULT;
-- A resolution answers its developer, and whoever gives it is named.
ALTER TABLE judgements ADD COLUMN by_name text;
ALTER TABLE judgements ADD COLUMN answer text;
