-- What a supplier owes by Regulation (EU) 2024/2847, Article 14, once it knows that a flaw of its product is exploited.
CREATE TABLE case_cra_duties (
  case_id text NOT NULL REFERENCES cases (id),
  org_id text NOT NULL REFERENCES orgs (id),
  is_manufacturer boolean,
  aware_at timestamptz(3) NOT NULL,
  -- When a corrective or mitigating measure was there.
  measure_at timestamptz(3),
  member_states text[] NOT NULL,
  told jsonb NOT NULL,
  sent jsonb NOT NULL,
  tlp text NOT NULL,
  compartments text[] NOT NULL,
  PRIMARY KEY (case_id, org_id)
);
SELECT guard('case_cra_duties');

-- On what law a participant of a case shares, since when, and what it chose for the day that law lapses.
CREATE TABLE legal_bases (
  id text PRIMARY KEY,
  name text NOT NULL,
  citation text NOT NULL,
  lapses_at timestamptz(3) NOT NULL,
  url text NOT NULL,
  read_at timestamptz(3) NOT NULL,
  read_from text NOT NULL
);
CREATE TABLE case_shares (
  case_id text NOT NULL REFERENCES cases (id),
  org_id text NOT NULL REFERENCES orgs (id),
  basis_id text NOT NULL,
  since_at timestamptz(3) NOT NULL,
  on_lapse text,
  chosen_by text,
  chosen_at timestamptz(3),
  lapsed_at timestamptz(3),
  tlp text NOT NULL,
  compartments text[] NOT NULL,
  PRIMARY KEY (case_id, org_id)
);
SELECT guard('case_shares');
CREATE INDEX case_shares_basis ON case_shares (basis_id) WHERE lapsed_at IS NULL;
