-- The chain itself: salted digests only, so that a stranger may hold all of it and learn nothing but times.
CREATE TABLE log_entries (
  seq bigint PRIMARY KEY,
  at timestamptz(3) NOT NULL,
  digest text NOT NULL,
  previous text NOT NULL,
  hash text NOT NULL
);

-- Who did what to which thing, under its label. Erasure empties payload and payload_salt; the chain still verifies.
CREATE TABLE log_bodies (
  seq bigint PRIMARY KEY REFERENCES log_entries (seq),
  salt text NOT NULL,
  actor text NOT NULL,
  event text NOT NULL,
  thing text NOT NULL,
  tlp text NOT NULL,
  compartments text[] NOT NULL,
  payload_digest text NOT NULL,
  payload_salt text,
  payload jsonb
);
SELECT guard('log_bodies');
CREATE INDEX log_bodies_thing ON log_bodies (thing, seq);

CREATE TABLE log_head (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  size bigint NOT NULL,
  hash text NOT NULL,
  frontier text[] NOT NULL
);
INSERT INTO log_head (size, hash, frontier) VALUES (0, repeat('0', 64), '{}');

CREATE TABLE log_cursors (
  follower text PRIMARY KEY,
  seq bigint NOT NULL
);

-- Replies kept for Idempotency-Key: one per caller and key, in the same transaction as the act itself.
CREATE TABLE kept_replies (
  actor text NOT NULL,
  key text NOT NULL,
  verb text NOT NULL,
  request_digest text NOT NULL,
  reply jsonb NOT NULL,
  at timestamptz(3) NOT NULL,
  PRIMARY KEY (actor, key)
);
CREATE INDEX log_bodies_event ON log_bodies (event, seq);
