-- OSV records that everybody may ask for: those of our own releases, and those of other databases that the staff mirrors. All of them are public.
CREATE TABLE osv_records (
  id text PRIMARY KEY,
  -- Whose record it is; NULL = ours.
  source text,
  modified text NOT NULL,
  withdrawn boolean NOT NULL,
  text text NOT NULL,
  -- Place among all changes, so that a process can see what it does not know yet.
  seq bigint NOT NULL,
  kept_at timestamptz(3) NOT NULL,
  tlp text NOT NULL,
  compartments text[] NOT NULL,
  CHECK (tlp = 'CLEAR' AND cardinality(compartments) = 0)
);
SELECT guard('osv_records');
CREATE INDEX osv_records_seq ON osv_records (seq);

-- Digests of what a record is found by: its id, aliases, packages, commits. Derived from osv_records.
CREATE TABLE osv_keys (
  key text NOT NULL,
  record_id text NOT NULL REFERENCES osv_records (id) ON DELETE CASCADE,
  PRIMARY KEY (key, record_id)
);
CREATE INDEX osv_keys_record ON osv_keys (record_id);

-- One row; its lock orders the changes.
CREATE TABLE osv_head (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  seq bigint NOT NULL,
  -- Whether what was released before there were these tables has been taken over.
  filled boolean NOT NULL
);
INSERT INTO osv_head (seq, filled) VALUES (0, false);
