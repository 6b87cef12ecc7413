-- What metrics count: one row an entry of the log that says something of a case or a report, so that counting twice changes nothing.
CREATE TABLE metric_facts (
  seq bigint PRIMARY KEY,
  event text NOT NULL,
  subject text NOT NULL,
  at timestamptz(3) NOT NULL,
  said jsonb NOT NULL,
  tlp text NOT NULL,
  compartments text[] NOT NULL
);
SELECT guard('metric_facts');
CREATE INDEX metric_facts_at ON metric_facts (at);
CREATE INDEX metric_facts_subject ON metric_facts (subject);
-- A quarter as it was made public: never computed anew, so that no two readings of it differ.
CREATE TABLE metric_quarters (
  quarter text PRIMARY KEY,
  cells jsonb NOT NULL,
  published_at timestamptz(3) NOT NULL,
  tlp text NOT NULL,
  compartments text[] NOT NULL
);
SELECT guard('metric_quarters');
