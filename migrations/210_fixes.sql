-- One row per advisory, inventory and package: is this operator's product still exposed?
CREATE TABLE fixes (
  id text PRIMARY KEY,
  advisory_id text NOT NULL,
  release_id text NOT NULL REFERENCES releases (id),
  tracking_id text NOT NULL,
  inventory_id text NOT NULL,
  org_id text NOT NULL REFERENCES orgs (id),
  package text NOT NULL,
  components text[] NOT NULL,
  fixed_in text[] NOT NULL,
  state text NOT NULL,
  because text NOT NULL,
  claim text,
  exposed_at timestamptz(3) NOT NULL,
  claimed_at timestamptz(3),
  observed_at timestamptz(3),
  tlp text NOT NULL,
  compartments text[] NOT NULL,
  UNIQUE (advisory_id, inventory_id, package)
);
SELECT guard('fixes');
CREATE INDEX fixes_inventory ON fixes (inventory_id);
CREATE INDEX fixes_org ON fixes (org_id, id);
