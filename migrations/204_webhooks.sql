-- Where members want to be told of releases. The secret that signs is derived, so nothing of it lies here.
CREATE TABLE webhooks (
  id text PRIMARY KEY,
  org_id text NOT NULL REFERENCES orgs (id),
  url text NOT NULL,
  state text NOT NULL,
  -- The last entry of the feed that was taken; all after it are still to be told, in order.
  told_seq integer NOT NULL,
  failures integer NOT NULL,
  due_at timestamptz(3) NOT NULL,
  leased_until timestamptz(3),
  secret_version integer NOT NULL,
  rotated_at timestamptz(3),
  added_by text NOT NULL,
  added_at timestamptz(3) NOT NULL,
  last_at timestamptz(3),
  last_status integer,
  because text,
  tlp text NOT NULL,
  compartments text[] NOT NULL
);
SELECT guard('webhooks');
CREATE INDEX webhooks_due ON webhooks (due_at) WHERE state = 'active';
CREATE INDEX webhooks_org ON webhooks (org_id);
