CREATE TABLE inventories (
  id text PRIMARY KEY,
  org_id text NOT NULL REFERENCES orgs (id),
  name text NOT NULL,
  format text NOT NULL,
  document_digest text NOT NULL,
  components int NOT NULL,
  unreadable int NOT NULL,
  revision int NOT NULL,
  tlp text NOT NULL,
  compartments text[] NOT NULL,
  kept_at timestamptz(3) NOT NULL,
  UNIQUE (org_id, name)
);
SELECT guard('inventories');

-- What the newest revision holds; keeping again replaces all of it.
CREATE TABLE inventory_components (
  inventory_id text NOT NULL REFERENCES inventories (id),
  purl text NOT NULL,
  package text NOT NULL,
  version text,
  name text NOT NULL,
  tlp text NOT NULL,
  compartments text[] NOT NULL,
  PRIMARY KEY (inventory_id, purl)
);
SELECT guard('inventory_components');
CREATE INDEX inventory_components_package ON inventory_components (package);
