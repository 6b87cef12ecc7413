-- What a policy says besides its longest time (src/clearinghouse/cases/embargoes/policies/policy.ts).
ALTER TABLE embargo_policies ADD COLUMN terms jsonb;
UPDATE embargo_policies SET terms = jsonb_build_object('starts', 'opening', 'min', null, 'preferred', null, 'max', 'P' || max_days || 'D',
  'exploited', null, 'detailsAfterFix', null, 'aiReports', null, 'weeklyCap', null, 'severityScale', null);
ALTER TABLE embargo_policies ALTER COLUMN terms SET NOT NULL, DROP COLUMN max_days;

-- How long each party would keep a case closed.
CREATE TABLE case_embargo_preferences (
  case_id text NOT NULL REFERENCES cases (id),
  org_id text NOT NULL REFERENCES orgs (id),
  least text NOT NULL,
  preferred text NOT NULL,
  most text NOT NULL,
  said_by text NOT NULL,
  said_at timestamptz(3) NOT NULL,
  tlp text NOT NULL,
  compartments text[] NOT NULL,
  PRIMARY KEY (case_id, org_id)
);
SELECT guard('case_embargo_preferences');

-- What an embargo remembers since. What was on the table waits for any one answer, as it did when it was put there.
SELECT set_config('app.reads', 'cas_*', true);
UPDATE cases SET embargo =
  '{"bound": [], "judged": [], "fixReadyAt": null, "exploitedAt": null, "fastTrack": null}'::jsonb || embargo
  || CASE WHEN jsonb_typeof(embargo -> 'proposal') = 'object' THEN jsonb_build_object('proposal',
    (embargo -> 'proposal') || '{"asked": [], "accepted": [], "silence": "decline"}'::jsonb
    || jsonb_build_object('answerBy', embargo -> 'proposal' -> 'endsAt')) ELSE '{}'::jsonb END;
SELECT set_config('app.reads', '', true);
