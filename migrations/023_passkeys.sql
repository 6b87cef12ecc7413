-- Public keys of people, made on their own devices (W3C Web Authentication, level 3). Nothing in here is a secret.
CREATE TABLE passkeys (
  id text PRIMARY KEY,
  person_id text NOT NULL REFERENCES people (id),
  -- As the device named it, base64url.
  credential_id text NOT NULL UNIQUE,
  -- COSE_Key, base64url.
  public_key text NOT NULL,
  counter bigint NOT NULL,
  transports text[] NOT NULL,
  aaguid text NOT NULL,
  hardware text NOT NULL,
  hardware_because text NOT NULL,
  name text NOT NULL,
  created_at timestamptz(3) NOT NULL,
  used_at timestamptz(3),
  -- Its counter went back: two devices hold what only one should.
  suspended_at timestamptz(3),
  revoked_at timestamptz(3)
);
CREATE INDEX passkeys_person ON passkeys (person_id);

-- A challenge says by itself until when it stands; only those that were answered are kept, until then, so that none is answered twice.
CREATE TABLE spent_challenges (
  digest text PRIMARY KEY,
  expires_at timestamptz(3) NOT NULL
);
CREATE INDEX spent_challenges_expires ON spent_challenges (expires_at);

-- Which passkey opened a session: it ends with its passkey.
ALTER TABLE credentials ADD COLUMN passkey_id text REFERENCES passkeys (id);
CREATE INDEX credentials_passkey ON credentials (passkey_id) WHERE passkey_id IS NOT NULL;
