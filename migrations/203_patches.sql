-- What the re-run of a verified patch was made of: the provider, and the functional tests that passed. Older verdicts have none.
ALTER TABLE case_patches ADD COLUMN checked jsonb;

-- What an advisory brings with it: the case's own until its hour, then public.
CREATE TABLE release_artefacts (
  id text PRIMARY KEY,
  advisory_id text NOT NULL,
  case_id text NOT NULL,
  package text NOT NULL,
  kind text NOT NULL,
  name text NOT NULL,
  blob_id text NOT NULL,
  sha256 text NOT NULL,
  bytes integer NOT NULL,
  patch_id text,
  applies_to jsonb NOT NULL,
  marking text NOT NULL,
  written_by text NOT NULL,
  built_by text,
  reason text,
  attached_by text NOT NULL,
  answerable_id text NOT NULL,
  attached_at timestamptz(3) NOT NULL,
  state text NOT NULL,
  approved_by text,
  approved_at timestamptz(3),
  -- DSSE, made at approval: nothing in it changes afterwards.
  statement text,
  release_id text REFERENCES releases (id),
  live_at timestamptz(3),
  -- The age identity that opens what was staged; here only from the hour on.
  opened text,
  withdrawn_at timestamptz(3),
  withdrawn_because text,
  tlp text NOT NULL,
  compartments text[] NOT NULL,
  CHECK (approved_by IS NULL OR (approved_by <> attached_by AND approved_by <> answerable_id)),
  CHECK ((state IN ('live', 'withdrawn')) = (release_id IS NOT NULL)),
  CHECK ((state IN ('live', 'withdrawn')) = (cardinality(compartments) = 0)),
  CHECK (opened IS NULL OR release_id IS NOT NULL)
);
SELECT guard('release_artefacts');
CREATE INDEX release_artefacts_advisory ON release_artefacts (advisory_id);

-- What was handed out encrypted before the hour: the ciphertext for the case's participants, its key sealed and for the clearinghouse alone.
CREATE TABLE artefact_stagings (
  artefact_id text PRIMARY KEY REFERENCES release_artefacts (id),
  blob_id text NOT NULL,
  sha256 text NOT NULL,
  bytes integer NOT NULL,
  staged_at timestamptz(3) NOT NULL,
  tlp text NOT NULL,
  compartments text[] NOT NULL
);
SELECT guard('artefact_stagings');
CREATE TABLE artefact_keys (
  artefact_id text PRIMARY KEY REFERENCES artefact_stagings (artefact_id),
  sealed text NOT NULL,
  tlp text NOT NULL,
  compartments text[] NOT NULL
);
SELECT guard('artefact_keys');
CREATE TABLE artefact_downloads (
  artefact_id text NOT NULL,
  sha256 text NOT NULL,
  person_id text NOT NULL,
  org_id text,
  at timestamptz(3) NOT NULL,
  tlp text NOT NULL,
  compartments text[] NOT NULL
);
SELECT guard('artefact_downloads');
CREATE INDEX artefact_downloads_artefact ON artefact_downloads (artefact_id, at);

-- TUF. One row whose lock orders publications; the root in force as it was signed offline.
CREATE TABLE tuf_head (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  root text,
  -- Online keys up to this generation have been given out.
  generation integer NOT NULL,
  -- The root of this version was warned about.
  warned integer NOT NULL,
  seq bigint NOT NULL
);
INSERT INTO tuf_head (generation, warned, seq) VALUES (0, 0, 0);

-- Every role that is not the root. The clearinghouse's own: a key that a project has brought is public with its first target.
CREATE TABLE tuf_roles (
  name text PRIMARY KEY,
  package text UNIQUE,
  -- A project's own Ed25519 key, hexadecimal; null: the hub's.
  key text,
  -- Comes into force with the first metadata that it has signed.
  next_key text,
  version integer NOT NULL,
  sha256 text,
  bytes integer,
  expires_at timestamptz(3),
  is_stale boolean NOT NULL,
  -- It lists what was withdrawn, and only the project can sign it without: nobody is sent to it meanwhile.
  is_suspended boolean NOT NULL,
  -- Metadata that awaits the project's signature, or has it.
  draft jsonb,
  tlp text NOT NULL,
  compartments text[] NOT NULL
);
SELECT guard('tuf_roles');
CREATE INDEX tuf_roles_expires ON tuf_roles (expires_at);

-- Rows come into being at the hour, so all of them are public.
CREATE TABLE tuf_targets (
  path text PRIMARY KEY,
  role text NOT NULL,
  package text NOT NULL,
  sha256 text NOT NULL,
  bytes integer NOT NULL,
  custom jsonb NOT NULL,
  tlp text NOT NULL,
  compartments text[] NOT NULL
);
SELECT guard('tuf_targets');
CREATE INDEX tuf_targets_role ON tuf_targets (role);

-- The files below tuf/ of the public tree, in the order in which they must be written. A path never has other bytes, but timestamp.json.
CREATE TABLE tuf_files (
  path text PRIMARY KEY,
  seq bigint NOT NULL UNIQUE,
  text text,
  blob_id text,
  tlp text NOT NULL,
  compartments text[] NOT NULL,
  CHECK ((text IS NULL) <> (blob_id IS NULL))
);
SELECT guard('tuf_files');
CREATE TRIGGER keep_published BEFORE UPDATE OR DELETE ON tuf_files FOR EACH ROW
  WHEN (OLD.path <> 'tuf/metadata/timestamp.json') EXECUTE FUNCTION keep_published();
