-- A release is the clearinghouse's own until its hour; then it is public, numbered, and never changes again.
CREATE TABLE releases (
  id text PRIMARY KEY,
  advisory_id text NOT NULL,
  case_id text NOT NULL,
  package text NOT NULL,
  advisory_digest text NOT NULL,
  go_live_at timestamptz(3) NOT NULL,
  state text NOT NULL,
  because text,
  scheduled_by text NOT NULL,
  scheduled_at timestamptz(3) NOT NULL,
  seq integer UNIQUE,
  tracking_id text,
  version integer,
  published_at timestamptz(3),
  packages text[] NOT NULL,
  bulletin jsonb,
  entry text,
  leaf text,
  tlp text NOT NULL,
  compartments text[] NOT NULL,
  CHECK ((state = 'published') = (seq IS NOT NULL)),
  -- Before its hour nothing of it is public; afterwards nothing of it is hidden.
  CHECK ((state = 'published') = (cardinality(compartments) = 0))
);
SELECT guard('releases');
CREATE UNIQUE INDEX releases_scheduled ON releases (advisory_id) WHERE state = 'scheduled';
CREATE INDEX releases_due ON releases (go_live_at) WHERE state = 'scheduled';
CREATE INDEX releases_packages ON releases USING gin (packages) WHERE state = 'published';
CREATE INDEX releases_advisory ON releases (advisory_id);

-- Rows come into being with the publication, so all of them are public.
CREATE TABLE release_documents (
  release_id text NOT NULL REFERENCES releases (id),
  format text NOT NULL,
  paths text[] NOT NULL,
  text text NOT NULL,
  sha256 text NOT NULL,
  tlp text NOT NULL,
  compartments text[] NOT NULL,
  PRIMARY KEY (release_id, format)
);
SELECT guard('release_documents');

-- The feed's Merkle tree: size and frontier, one row; its lock orders the feed.
CREATE TABLE release_head (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  size integer NOT NULL,
  frontier text[] NOT NULL
);
INSERT INTO release_head (size, frontier) VALUES (0, '{}');

CREATE FUNCTION keep_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'what was published does not change';
END
$$;
CREATE TRIGGER keep_published BEFORE UPDATE OR DELETE ON releases FOR EACH ROW WHEN (OLD.state = 'published') EXECUTE FUNCTION keep_published();
CREATE TRIGGER keep_published BEFORE UPDATE OR DELETE ON release_documents FOR EACH ROW EXECUTE FUNCTION keep_published();
