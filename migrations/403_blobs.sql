-- Small blobs, each sealed under a key of its own that is wrapped with one that lies in no database. Larger ones are files.
CREATE TABLE blobs (
  id text PRIMARY KEY,
  sealed bytea NOT NULL
);
-- What is sealed cannot be made smaller.
ALTER TABLE blobs ALTER COLUMN sealed SET STORAGE EXTERNAL;
