CREATE TABLE cases (
  id text PRIMARY KEY,
  vulnerability_id text NOT NULL UNIQUE,
  package text NOT NULL,
  title text NOT NULL,
  finding_ids text[] NOT NULL,
  finder_org_ids text[] NOT NULL,
  state text NOT NULL,
  vfdpxa text NOT NULL,
  embargo jsonb NOT NULL,
  -- The governing window's end, apart, so that what is due is found by an index.
  embargo_ends_at timestamptz(3) NOT NULL,
  opened_at timestamptz(3) NOT NULL,
  disclosed_at timestamptz(3),
  closed_at timestamptz(3),
  outcome text,
  tlp text NOT NULL,
  compartments text[] NOT NULL
);
SELECT guard('cases');
CREATE INDEX cases_package ON cases (package) WHERE state = 'open';
CREATE INDEX cases_due ON cases (embargo_ends_at) WHERE state = 'open' AND embargo ->> 'state' <> 'exited';

CREATE TABLE case_messages (
  case_id text NOT NULL REFERENCES cases (id),
  seq int NOT NULL,
  author_id text NOT NULL,
  author_name text NOT NULL,
  text text NOT NULL,
  at timestamptz(3) NOT NULL,
  tlp text NOT NULL,
  compartments text[] NOT NULL,
  PRIMARY KEY (case_id, seq)
);
SELECT guard('case_messages');

CREATE TABLE case_read_ins (
  id text PRIMARY KEY,
  case_id text NOT NULL REFERENCES cases (id),
  person_id text NOT NULL REFERENCES people (id),
  org_id text NOT NULL REFERENCES orgs (id),
  tier int NOT NULL,
  need text NOT NULL,
  ability text NOT NULL,
  sponsor_id text NOT NULL REFERENCES people (id),
  exclusions jsonb NOT NULL,
  offered_by text NOT NULL,
  offered_at timestamptz(3) NOT NULL,
  expires_at timestamptz(3),
  terms_digest text NOT NULL,
  state text NOT NULL,
  acknowledged_at timestamptz(3),
  ended_at timestamptz(3),
  ended_because text,
  tlp text NOT NULL,
  compartments text[] NOT NULL
);
SELECT guard('case_read_ins');
CREATE UNIQUE INDEX case_read_ins_live ON case_read_ins (case_id, person_id) WHERE state IN ('offered', 'acknowledged');
CREATE INDEX case_read_ins_person ON case_read_ins (person_id);

CREATE TABLE case_patches (
  id text PRIMARY KEY,
  case_id text NOT NULL REFERENCES cases (id),
  blob_id text NOT NULL,
  sha256 text NOT NULL,
  bytes int NOT NULL,
  written_by text NOT NULL,
  answerable_id text NOT NULL,
  state text NOT NULL,
  verdict text,
  because text,
  submitted_at timestamptz(3) NOT NULL,
  judged_at timestamptz(3),
  -- What the check was begun with, by digest; the evidence must be of exactly that.
  plan jsonb,
  tlp text NOT NULL,
  compartments text[] NOT NULL
);
SELECT guard('case_patches');
CREATE INDEX case_patches_case ON case_patches (case_id);

-- What projects and lists have published about embargoes: public by nature.
CREATE TABLE embargo_policies (
  package text NOT NULL,
  source text NOT NULL,
  name text NOT NULL,
  max_days int NOT NULL,
  url text NOT NULL,
  read_at timestamptz(3) NOT NULL,
  PRIMARY KEY (package, name)
);
