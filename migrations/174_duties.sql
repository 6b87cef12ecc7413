-- Which coordinating organisation holds which duty in a case, and whom it is offered to.
CREATE TABLE case_duties (
  case_id text NOT NULL REFERENCES cases (id),
  duty text NOT NULL,
  org_id text NOT NULL REFERENCES orgs (id),
  since timestamptz(3) NOT NULL,
  offered_to_id text REFERENCES orgs (id),
  offered_at timestamptz(3),
  tlp text NOT NULL,
  compartments text[] NOT NULL,
  PRIMARY KEY (case_id, duty),
  CHECK ((offered_to_id IS NULL) = (offered_at IS NULL)),
  CHECK (offered_to_id IS NULL OR offered_to_id <> org_id)
);
SELECT guard('case_duties');
