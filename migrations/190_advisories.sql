-- One advisory per case; a new draft replaces the one before it, and what was published lies in releases.
CREATE TABLE advisories (
  id text PRIMARY KEY,
  case_id text NOT NULL UNIQUE,
  text jsonb NOT NULL,
  digest text NOT NULL,
  revision integer NOT NULL,
  state text NOT NULL,
  drafted_by text NOT NULL,
  answerable_id text NOT NULL,
  drafted_at timestamptz(3) NOT NULL,
  approved_by text,
  approved_at timestamptz(3),
  tlp text NOT NULL,
  compartments text[] NOT NULL,
  CHECK (approved_by IS NULL OR (approved_by <> drafted_by AND approved_by <> answerable_id)),
  CHECK ((state = 'approved') = (approved_by IS NOT NULL))
);
SELECT guard('advisories');
