CREATE TABLE orgs (
  id text PRIMARY KEY,
  name text NOT NULL,
  roles text[] NOT NULL,
  created_at timestamptz(3) NOT NULL
);
CREATE UNIQUE INDEX orgs_name ON orgs (lower(name));

CREATE TABLE people (
  id text PRIMARY KEY,
  org_id text NOT NULL REFERENCES orgs (id),
  name text NOT NULL,
  email text NOT NULL,
  created_at timestamptz(3) NOT NULL
);
CREATE UNIQUE INDEX people_email ON people (lower(email));

CREATE TABLE agents (
  id text PRIMARY KEY,
  org_id text NOT NULL REFERENCES orgs (id),
  name text NOT NULL,
  answerable_id text NOT NULL REFERENCES people (id),
  created_at timestamptz(3) NOT NULL
);

-- API tokens, desk sessions and one-time links are one idea: a secret's digest that stands for somebody until a time.
CREATE TABLE credentials (
  id text PRIMARY KEY,
  digest text NOT NULL UNIQUE,
  holder_id text NOT NULL,
  scopes text[] NOT NULL,
  created_at timestamptz(3) NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  used_at timestamptz(3),
  revoked_at timestamptz(3)
);

CREATE TABLE grants (
  id text PRIMARY KEY,
  compartment text NOT NULL,
  holder_id text NOT NULL,
  tier int NOT NULL,
  because text NOT NULL,
  granted_at timestamptz(3) NOT NULL,
  expires_at timestamptz(3),
  revoked_at timestamptz(3)
);
CREATE INDEX grants_holder ON grants (holder_id);
CREATE INDEX grants_compartment ON grants (compartment);
