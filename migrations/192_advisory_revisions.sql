-- Every draft as it was: what an approval was for, and what changed since, can be read for ever.
CREATE TABLE advisory_revisions (
  advisory_id text NOT NULL REFERENCES advisories (id),
  revision integer NOT NULL,
  text jsonb NOT NULL,
  digest text NOT NULL,
  drafted_by text NOT NULL,
  drafted_at timestamptz(3) NOT NULL,
  tlp text NOT NULL,
  compartments text[] NOT NULL,
  PRIMARY KEY (advisory_id, revision)
);
INSERT INTO advisory_revisions (advisory_id, revision, text, digest, drafted_by, drafted_at, tlp, compartments)
  SELECT id, revision, text, digest, drafted_by, drafted_at, tlp, compartments FROM advisories;
SELECT guard('advisory_revisions');
