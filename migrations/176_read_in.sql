-- ends_at: when access ends by itself: of an emergency, hours after it was offered, until the terms are signed.
ALTER TABLE case_read_ins
  ADD COLUMN emergency_until timestamptz(3),
  ADD COLUMN ends_at timestamptz(3),
  ADD COLUMN signed_by text,
  -- What the person's passkey signed, whole: whoever holds it verifies it without this hub.
  ADD COLUMN signature jsonb,
  ADD COLUMN delegation_id text;
UPDATE case_read_ins SET ends_at = expires_at;
UPDATE case_read_ins SET signed_by = 'token' WHERE acknowledged_at IS NOT NULL;
CREATE INDEX case_read_ins_due ON case_read_ins (ends_at) WHERE state IN ('offered', 'acknowledged');

CREATE INDEX credentials_holder ON credentials (holder_id);

-- Since then nobody acts as this person, with whatever secret, nor as an agent that the person answers for.
ALTER TABLE people ADD COLUMN suspended_at timestamptz(3);

-- Somebody in a case may read others in, within limits that a coordinator has set.
CREATE TABLE case_delegations (
  id text PRIMARY KEY,
  case_id text NOT NULL REFERENCES cases (id),
  delegate_id text NOT NULL REFERENCES people (id),
  -- Of these organisations only.
  org_ids text[] NOT NULL,
  -- At this tier or one that sees less.
  from_tier int NOT NULL,
  people int NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  because text NOT NULL,
  granted_by text NOT NULL,
  granted_at timestamptz(3) NOT NULL,
  revoked_at timestamptz(3),
  tlp text NOT NULL,
  compartments text[] NOT NULL
);
SELECT guard('case_delegations');
CREATE INDEX case_delegations_delegate ON case_delegations (delegate_id);

-- What tells one recipient's copy from another's. By code: a leaked text names nothing else.
CREATE TABLE case_canaries (
  code text PRIMARY KEY,
  case_id text NOT NULL REFERENCES cases (id),
  holder_id text NOT NULL,
  first_shown_at timestamptz(3) NOT NULL,
  tlp text NOT NULL,
  compartments text[] NOT NULL
);
SELECT guard('case_canaries');
