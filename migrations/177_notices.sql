-- How each person is reached: their own choices, whether their address works, and the number of their last notice.
CREATE TABLE notice_recipients (
  person_id text PRIMARY KEY REFERENCES people (id),
  last_seq int NOT NULL,
  zone text NOT NULL,
  quiet_from text,
  quiet_to text,
  incident_through boolean NOT NULL,
  pace text NOT NULL,
  digest_at text NOT NULL,
  off text[] NOT NULL,
  protection text NOT NULL,
  public_key text,
  address_fails_since timestamptz(3),
  address_because text,
  tlp text NOT NULL,
  compartments text[] NOT NULL
);
SELECT guard('notice_recipients');

-- One mail: of one notice, or of all that waited for the same hour.
CREATE TABLE mails (
  id text PRIMARY KEY,
  person_id text NOT NULL REFERENCES people (id),
  -- Null where it is of several.
  case_id text,
  is_urgent boolean NOT NULL,
  state text NOT NULL,
  due_at timestamptz(3) NOT NULL,
  leased_until timestamptz(3),
  tries int NOT NULL,
  -- How often it may have been taken without an answer.
  unanswered int NOT NULL,
  made_at timestamptz(3) NOT NULL,
  last_at timestamptz(3),
  last_status int,
  because text,
  tlp text NOT NULL,
  compartments text[] NOT NULL
);
SELECT guard('mails');
CREATE INDEX mails_due ON mails (due_at) WHERE state = 'waiting';
CREATE INDEX mails_parked ON mails (id) WHERE state = 'parked';
CREATE INDEX mails_waiting ON mails (person_id) WHERE state = 'waiting';

CREATE TABLE notices (
  person_id text NOT NULL REFERENCES people (id),
  -- Counts from 1 for each person, without a gap.
  seq int NOT NULL,
  -- The log's entry that it tells of: nobody is told of one twice.
  entry_seq int NOT NULL,
  point text NOT NULL,
  case_id text,
  tier int NOT NULL,
  message_seq int,
  deadline_at timestamptz(3),
  at timestamptz(3) NOT NULL,
  mail_id text REFERENCES mails (id),
  tlp text NOT NULL,
  compartments text[] NOT NULL,
  PRIMARY KEY (person_id, seq),
  UNIQUE (person_id, entry_seq, point)
);
SELECT guard('notices');
CREATE INDEX notices_mail ON notices (mail_id) WHERE mail_id IS NOT NULL;

-- An address at which one person answers in one case, for a while.
CREATE TABLE reply_addresses (
  id text PRIMARY KEY,
  person_id text NOT NULL REFERENCES people (id),
  case_id text NOT NULL REFERENCES cases (id),
  expires_at timestamptz(3) NOT NULL,
  tlp text NOT NULL,
  compartments text[] NOT NULL
);
SELECT guard('reply_addresses');
CREATE INDEX reply_addresses_of ON reply_addresses (person_id, case_id, expires_at);
