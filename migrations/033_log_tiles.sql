-- The tree of the log, 256 leaves at a time: with these, a proof for one entry of a million reads a few thousand hashes.
CREATE TABLE log_tiles (
  nth bigint PRIMARY KEY,
  root text NOT NULL
);
