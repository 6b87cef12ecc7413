-- Which organisation speaks for a package, as the clearinghouse has made sure: one at a time.
CREATE TABLE project_maintainers (
  package text NOT NULL,
  org_id text NOT NULL REFERENCES orgs (id),
  because text NOT NULL,
  recognised_by text NOT NULL,
  recognised_at timestamptz(3) NOT NULL,
  ended_at timestamptz(3),
  tlp text NOT NULL,
  compartments text[] NOT NULL,
  PRIMARY KEY (package, org_id)
);
SELECT guard('project_maintainers');
CREATE UNIQUE INDEX project_maintainers_now ON project_maintainers (package) WHERE ended_at IS NULL;
CREATE INDEX project_maintainers_org ON project_maintainers (org_id) WHERE ended_at IS NULL;

-- How a project likes to be approached: as a coordinator read it, and as its maintainer says.
CREATE TABLE project_profiles (
  package text NOT NULL,
  said_by text NOT NULL,
  org_id text,
  said jsonb NOT NULL,
  source_url text,
  read_at timestamptz(3) NOT NULL,
  kept_by text NOT NULL,
  kept_at timestamptz(3) NOT NULL,
  tlp text NOT NULL,
  compartments text[] NOT NULL,
  PRIMARY KEY (package, said_by),
  CHECK (said_by = 'maintainer' OR source_url IS NOT NULL)
);
SELECT guard('project_profiles');

-- How many reports a week, which, and when not: the maintainer's own word.
CREATE TABLE project_paces (
  package text PRIMARY KEY,
  org_id text NOT NULL REFERENCES orgs (id),
  weekly int,
  bands text[] NOT NULL,
  paused boolean NOT NULL,
  paused_until timestamptz(3),
  paused_because text,
  -- Silence is no consent: both are set by a named person of the project, or neither is.
  incidents_consent_by text,
  incidents_consent_at timestamptz(3),
  set_by text NOT NULL,
  set_at timestamptz(3) NOT NULL,
  tlp text NOT NULL,
  compartments text[] NOT NULL,
  CHECK ((incidents_consent_by IS NULL) = (incidents_consent_at IS NULL))
);
SELECT guard('project_paces');

-- A report on its way to a project: it waits until there is a place for it.
CREATE TABLE deliveries (
  id text PRIMARY KEY,
  case_id text NOT NULL REFERENCES cases (id),
  package text NOT NULL,
  recipient jsonb NOT NULL,
  band text NOT NULL,
  severity text NOT NULL,
  -- Band, then severity, as one number: the smaller goes first, then the older.
  place int NOT NULL,
  state text NOT NULL,
  queued_by text NOT NULL,
  queued_at timestamptz(3) NOT NULL,
  settled_at timestamptz(3),
  because text,
  tlp text NOT NULL,
  compartments text[] NOT NULL
);
SELECT guard('deliveries');
CREATE UNIQUE INDEX deliveries_once ON deliveries (case_id, package) WHERE state <> 'withdrawn';
CREATE INDEX deliveries_waiting ON deliveries (package, place, queued_at, id) WHERE state = 'waiting';
CREATE INDEX deliveries_settled ON deliveries (package, settled_at) WHERE state = 'delivered';

-- One row a project that anything was ever queued for: locked by whoever gives places, so that none is given twice.
CREATE TABLE delivery_queues (
  package text PRIMARY KEY,
  due_at timestamptz(3),
  tlp text NOT NULL,
  compartments text[] NOT NULL
);
SELECT guard('delivery_queues');
CREATE INDEX delivery_queues_due ON delivery_queues (due_at) WHERE due_at IS NOT NULL;

-- How severe a case was assessed, for the order in which cases go out.
CREATE TABLE delivery_severities (
  case_id text PRIMARY KEY REFERENCES cases (id),
  severity text NOT NULL,
  tlp text NOT NULL,
  compartments text[] NOT NULL
);
SELECT guard('delivery_severities');
