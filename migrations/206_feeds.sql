-- Advisories that are for named members only. A feed's rows lie under its own compartment; what is shared of a case that is not public
-- yet lies under the case's compartment too, so that only who is read into both finds it.
CREATE TABLE feeds (
  id text PRIMARY KEY,
  name text NOT NULL,
  collection text NOT NULL UNIQUE,
  created_by text NOT NULL,
  created_at timestamptz(3) NOT NULL,
  tlp text NOT NULL,
  compartments text[] NOT NULL
);
SELECT guard('feeds');

CREATE TABLE feed_clients (
  agent_id text PRIMARY KEY REFERENCES agents (id),
  feed_id text NOT NULL REFERENCES feeds (id),
  org_id text NOT NULL REFERENCES orgs (id),
  token_id text NOT NULL,
  name text NOT NULL,
  answerable_id text NOT NULL,
  added_by text NOT NULL,
  added_at timestamptz(3) NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  ended_at timestamptz(3),
  last_used_at timestamptz(3),
  tlp text NOT NULL,
  compartments text[] NOT NULL
);
SELECT guard('feed_clients');
CREATE INDEX feed_clients_feed ON feed_clients (feed_id);

CREATE TABLE feed_items (
  id text PRIMARY KEY,
  feed_id text NOT NULL REFERENCES feeds (id),
  advisory_id text NOT NULL,
  case_id text NOT NULL,
  digest text NOT NULL,
  bulletin jsonb NOT NULL,
  shared_by text NOT NULL,
  shared_at timestamptz(3) NOT NULL,
  tlp text NOT NULL,
  compartments text[] NOT NULL,
  UNIQUE (feed_id, advisory_id)
);
SELECT guard('feed_items');
CREATE INDEX feed_items_case ON feed_items (case_id);

-- Who took what, and when.
CREATE TABLE feed_downloads (
  agent_id text NOT NULL,
  item_id text NOT NULL,
  first_at timestamptz(3) NOT NULL,
  last_at timestamptz(3) NOT NULL,
  times integer NOT NULL,
  tlp text NOT NULL,
  compartments text[] NOT NULL,
  PRIMARY KEY (agent_id, item_id)
);
SELECT guard('feed_downloads');

-- Every object of every TAXII collection, in the order in which it was added: microseconds of the epoch, each given once a collection.
CREATE TABLE taxii_objects (
  collection text NOT NULL,
  added_us bigint NOT NULL,
  -- The release or the feed's item that brought it.
  brought_by text NOT NULL,
  object_id text NOT NULL,
  type text NOT NULL,
  version text NOT NULL,
  object text NOT NULL,
  tlp text NOT NULL,
  compartments text[] NOT NULL,
  PRIMARY KEY (collection, added_us)
);
SELECT guard('taxii_objects');
CREATE INDEX taxii_objects_id ON taxii_objects (collection, object_id, version, added_us);
CREATE INDEX taxii_objects_brought ON taxii_objects (brought_by);

-- The last moment that was given in a collection; its lock orders them.
CREATE TABLE taxii_heads (
  collection text PRIMARY KEY,
  added_us bigint NOT NULL
);
