CREATE TABLE estimates (
  id text PRIMARY KEY,
  -- One estimate for each plan: it is made when every run has its grade, and never again.
  plan_id text NOT NULL UNIQUE REFERENCES plans (id),
  measures jsonb NOT NULL,
  -- SHA-256 of the grades it was made from, in order.
  grades_digest text NOT NULL,
  tlp text NOT NULL,
  compartments text[] NOT NULL,
  made_at timestamptz(3) NOT NULL
);
SELECT guard('estimates');
