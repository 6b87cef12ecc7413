-- Who takes part in a case: finders, suppliers, coordinators. A supplier need not be a member of the hub.
CREATE TABLE case_participants (
  id text PRIMARY KEY,
  case_id text NOT NULL REFERENCES cases (id),
  kind text NOT NULL CHECK (kind IN ('finder', 'supplier', 'coordinator')),
  -- Null: no member (yet), or a finder whom its proxy alone knows.
  org_id text REFERENCES orgs (id),
  -- What it is called in the case: never the name of somebody behind a proxy.
  name text NOT NULL,
  packages text[] NOT NULL,
  contact text,
  -- The coordinating organisation that speaks for a finder.
  proxy_org_id text REFERENCES orgs (id),
  -- The coordinating organisation that looks after it.
  coordinator_org_id text REFERENCES orgs (id),
  rm text NOT NULL,
  vfd text CHECK ((vfd IS NOT NULL) = (kind = 'supplier')),
  -- The other suppliers and the finders may see that it takes part.
  is_listed boolean NOT NULL,
  added_by text NOT NULL,
  added_at timestamptz(3) NOT NULL,
  asked_at timestamptz(3),
  heard_at timestamptz(3),
  withdrawn_at timestamptz(3),
  tlp text NOT NULL,
  compartments text[] NOT NULL,
  CHECK (proxy_org_id IS NULL OR (kind = 'finder' AND org_id IS NULL))
);
SELECT guard('case_participants');
CREATE INDEX case_participants_case ON case_participants (case_id, id);
CREATE UNIQUE INDEX case_participants_org ON case_participants (case_id, kind, org_id) WHERE org_id IS NOT NULL AND withdrawn_at IS NULL;

-- Who a finder behind a proxy is: under the own label of the proxy's organisation, which nobody else's staff reads.
CREATE TABLE case_identities (
  participant_id text PRIMARY KEY REFERENCES case_participants (id),
  name text NOT NULL,
  contact text NOT NULL,
  -- How it wants to be thanked; null = not at all.
  credit text,
  tlp text NOT NULL,
  compartments text[] NOT NULL
);
SELECT guard('case_identities');

-- Every step that a state table allowed, in order; participant_id null = the case's own (public, exploit, attacks).
CREATE TABLE case_transitions (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  case_id text NOT NULL REFERENCES cases (id),
  participant_id text REFERENCES case_participants (id),
  model text NOT NULL CHECK (model IN ('rm', 'cs')),
  trigger text NOT NULL,
  from_state text NOT NULL,
  to_state text NOT NULL,
  at timestamptz(3) NOT NULL,
  by_id text NOT NULL,
  because text NOT NULL,
  tlp text NOT NULL,
  compartments text[] NOT NULL
);
SELECT guard('case_transitions');
CREATE INDEX case_transitions_case ON case_transitions (case_id, seq);
