-- Who reads a message: the widest tier, or one person and the coordinators alone.
ALTER TABLE case_messages
  ADD COLUMN tier int NOT NULL DEFAULT 1,
  ADD COLUMN with_id text,
  ADD COLUMN mentions text[] NOT NULL DEFAULT '{}',
  ADD COLUMN files jsonb NOT NULL DEFAULT '[]',
  ADD COLUMN way text NOT NULL DEFAULT 'direct';

-- Up to which message somebody has read.
CREATE TABLE case_message_reads (
  case_id text NOT NULL REFERENCES cases (id),
  person_id text NOT NULL,
  seq int NOT NULL,
  tlp text NOT NULL,
  compartments text[] NOT NULL,
  PRIMARY KEY (person_id, case_id)
);
SELECT guard('case_message_reads');
