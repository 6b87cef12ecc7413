-- How a finder consented to be thanked when the case is public. Who has not chosen has no row.
CREATE TABLE case_credits (
  participant_id text PRIMARY KEY REFERENCES case_participants (id),
  case_id text NOT NULL REFERENCES cases (id),
  naming text NOT NULL CHECK (naming IN ('organisation', 'name', 'none')),
  name text CHECK ((name IS NOT NULL) = (naming = 'name')),
  -- Which tools and models it used may be told.
  names_tools boolean NOT NULL,
  -- Of a finder behind a proxy: which of the reports that the proxy handed in are its.
  finding_ids text[] NOT NULL,
  chosen_by text NOT NULL,
  chosen_at timestamptz(3) NOT NULL,
  tlp text NOT NULL,
  compartments text[] NOT NULL
);
SELECT guard('case_credits');
CREATE INDEX case_credits_case ON case_credits (case_id);
