ALTER TABLE findings ADD COLUMN exploited boolean NOT NULL DEFAULT false;

-- Where a finding stands in the queue of the desk and of the lab.
CREATE TABLE finding_places (
  finding_id text PRIMARY KEY REFERENCES findings (id),
  org_id text NOT NULL,
  band text NOT NULL,
  band_because text NOT NULL,
  -- The hub itself or the person who set it; what a person set, the hub does not set again.
  band_by text NOT NULL,
  is_over_quota boolean NOT NULL,
  -- Virtual time of a start-time fair queue over organisations.
  tag integer NOT NULL,
  urgency smallint NOT NULL,
  -- Everything the desk sorts by in one number, smallest first.
  place bigint NOT NULL,
  queued_at timestamptz(3) NOT NULL,
  acknowledge_by timestamptz(3) NOT NULL,
  acknowledged_at timestamptz(3),
  acknowledged_by text,
  reminded_at timestamptz(3),
  -- The lab has answered: its turn is over.
  served_at timestamptz(3),
  -- Nobody waits for it any more.
  left_at timestamptz(3),
  tlp text NOT NULL,
  compartments text[] NOT NULL
);
SELECT guard('finding_places');
CREATE INDEX finding_places_desk ON finding_places (place, finding_id) WHERE acknowledged_at IS NULL AND left_at IS NULL;
CREATE INDEX finding_places_due ON finding_places (acknowledge_by) WHERE acknowledged_at IS NULL AND left_at IS NULL AND reminded_at IS NULL;
CREATE INDEX finding_places_waiting ON finding_places (tag) WHERE served_at IS NULL AND left_at IS NULL;
CREATE INDEX finding_places_org ON finding_places (org_id, queued_at);
CREATE INDEX finding_places_org_tag ON finding_places (org_id, tag) WHERE served_at IS NULL AND left_at IS NULL;
CREATE INDEX finding_places_answered ON finding_places (band, acknowledged_at) WHERE acknowledged_at IS NOT NULL;

-- What became of the findings of an organisation, tool by tool ('' = no tool named). The counts that weigh fade with a half-life.
CREATE TABLE track_records (
  org_id text NOT NULL,
  tooling text NOT NULL,
  submitted integer NOT NULL,
  replayed integer NOT NULL,
  contradicted integer NOT NULL,
  undecided integer NOT NULL,
  recent_replayed double precision NOT NULL,
  recent_contradicted double precision NOT NULL,
  faded_at timestamptz(3) NOT NULL,
  tlp text NOT NULL,
  compartments text[] NOT NULL,
  PRIMARY KEY (org_id, tooling)
);
SELECT guard('track_records');
CREATE INDEX track_records_tooling ON track_records (tooling);

-- What a person set over what was learned, and what the organisation says against it.
CREATE TABLE quotas (
  org_id text PRIMARY KEY,
  per_day integer,
  because text,
  set_by text,
  until timestamptz(3),
  appeal text,
  appealed_at timestamptz(3),
  tlp text NOT NULL,
  compartments text[] NOT NULL
);
SELECT guard('quotas');
