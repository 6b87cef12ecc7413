-- CVE ids of the hub's own numbering authority, from their reservation on; and those that another gave to a flaw of a case here.
CREATE TABLE cve_ids (
  cve_id text PRIMARY KEY,
  year integer NOT NULL,
  state text NOT NULL,
  -- null: ours.
  assigned_by_cna text,
  case_id text REFERENCES cases (id),
  vulnerability_id text,
  assigned_by text,
  assigned_at timestamptz(3),
  reserved_at timestamptz(3) NOT NULL,
  published_at timestamptz(3),
  rejected_at timestamptz(3),
  because text,
  replaced_by text,
  tlp text NOT NULL,
  compartments text[] NOT NULL,
  CHECK (state = 'pooled' OR case_id IS NOT NULL OR assigned_by IS NULL)
);
SELECT guard('cve_ids');
CREATE INDEX cve_ids_pool ON cve_ids (year, cve_id) WHERE state = 'pooled';
CREATE INDEX cve_ids_case ON cve_ids (case_id) WHERE case_id IS NOT NULL;
-- One flaw, one id.
CREATE UNIQUE INDEX cve_ids_flaw ON cve_ids (vulnerability_id) WHERE state IN ('assigned', 'published', 'foreign');

-- What is asked of CVE Services, until it is done.
CREATE TABLE cve_errands (
  id text PRIMARY KEY,
  kind text NOT NULL,
  year integer,
  amount integer,
  cve_id text REFERENCES cve_ids (cve_id),
  container jsonb,
  state text NOT NULL,
  tries integer NOT NULL,
  due_at timestamptz(3) NOT NULL,
  leased_until timestamptz(3),
  because text,
  asked_at timestamptz(3) NOT NULL,
  tlp text NOT NULL,
  compartments text[] NOT NULL
);
SELECT guard('cve_errands');
CREATE INDEX cve_errands_due ON cve_errands (due_at) WHERE state = 'waiting';
CREATE INDEX cve_errands_kind ON cve_errands (kind, asked_at);
CREATE UNIQUE INDEX cve_errands_one ON cve_errands (coalesce(cve_id, kind)) WHERE state = 'waiting';

-- How many ids are kept ready: refilled up to `most` when fewer than `least` are left.
CREATE TABLE cve_pool (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  least integer NOT NULL,
  most integer NOT NULL,
  tlp text NOT NULL,
  compartments text[] NOT NULL
);
SELECT guard('cve_pool');

-- The numbering authorities as their list was published, one row; and what a person has read out of a scope's words for packages.
CREATE TABLE cna_lists (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  listed jsonb NOT NULL,
  url text NOT NULL,
  sha256 text NOT NULL,
  read_at timestamptz(3) NOT NULL,
  tlp text NOT NULL,
  compartments text[] NOT NULL
);
SELECT guard('cna_lists');
CREATE TABLE cna_scopes (
  covers text PRIMARY KEY,
  short_name text NOT NULL,
  because text NOT NULL,
  said_by text NOT NULL,
  said_at timestamptz(3) NOT NULL,
  tlp text NOT NULL,
  compartments text[] NOT NULL
);
SELECT guard('cna_scopes');
