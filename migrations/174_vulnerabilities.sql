-- Several vulnerabilities in a case, and one vulnerability in several cases; the first is the one the case was opened for.
SELECT set_config('app.reads', 'hub_*,hou_*,org_*,own_*,cas_*', true);

ALTER TABLE cases ADD COLUMN vulnerabilities jsonb NOT NULL DEFAULT '[]';
UPDATE cases SET vulnerabilities = jsonb_build_array(jsonb_build_object(
  'id', vulnerability_id,
  'addedAt', to_char(opened_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
  'continuesInId', continues_in_id));
ALTER TABLE cases ALTER COLUMN vulnerabilities DROP DEFAULT, DROP COLUMN vulnerability_id, DROP COLUMN continues_in_id;
CREATE INDEX cases_vulnerabilities ON cases USING gin (vulnerabilities jsonb_path_ops);

-- Whoever took part before there were participants. Ids are unique by what they are made from.
INSERT INTO case_participants
  (id, case_id, kind, org_id, name, packages, rm, vfd, is_listed, added_by, added_at, asked_at, heard_at, tlp, compartments)
SELECT 'par_' || substr(id, 5), id, 'supplier', NULL, package, ARRAY[package],
  CASE left(vfdpxa, 3) WHEN 'vfd' THEN 'start' WHEN 'Vfd' THEN 'received' ELSE 'accepted' END,
  left(vfdpxa, 3), false, 'house', opened_at, NULL, NULL, tlp, compartments
FROM cases;
INSERT INTO case_participants
  (id, case_id, kind, org_id, name, packages, rm, is_listed, added_by, added_at, heard_at, tlp, compartments)
SELECT DISTINCT ON (c.id, o.id) 'par_' || substr(g.id, 5), c.id, 'finder', o.id, o.name, '{}'::text[], 'accepted', false, 'house',
  c.opened_at, c.opened_at, c.tlp, c.compartments
FROM cases c JOIN grants g ON g.compartment = c.id AND g.because = 'found it' JOIN orgs o ON o.id = g.holder_id ORDER BY c.id, o.id, g.id;
INSERT INTO case_participants
  (id, case_id, kind, org_id, name, packages, rm, vfd, is_listed, added_by, added_at, asked_at, heard_at, tlp, compartments)
SELECT DISTINCT ON (c.id, o.id) 'par_' || substr(s.id, 5), c.id, 'supplier', o.id, o.name, '{}'::text[], 'received', 'Vfd', false, 'house',
  s.said_at, s.said_at, s.said_at, c.tlp, c.compartments
FROM case_statements s JOIN cases c ON c.id = s.case_id JOIN orgs o ON o.id = s.org_id ORDER BY c.id, o.id, s.id;

-- What a supplier says is of one vulnerability; a coordinator may write down what a supplier who is no member said elsewhere.
ALTER TABLE case_statements ADD COLUMN participant_id text REFERENCES case_participants (id), ADD COLUMN vulnerability_id text,
  ADD COLUMN heard text, ALTER COLUMN org_id DROP NOT NULL;
UPDATE case_statements s SET vulnerability_id = c.vulnerabilities -> 0 ->> 'id', participant_id = p.id
  FROM cases c, case_participants p WHERE c.id = s.case_id AND p.case_id = s.case_id AND p.kind = 'supplier' AND p.org_id = s.org_id;
ALTER TABLE case_statements ALTER COLUMN participant_id SET NOT NULL, ALTER COLUMN vulnerability_id SET NOT NULL,
  ADD CHECK ((org_id IS NULL) = (heard IS NOT NULL));
DROP INDEX case_statements_current;
CREATE UNIQUE INDEX case_statements_current ON case_statements (participant_id, vulnerability_id, package) WHERE state <> 'replaced';

SELECT set_config('app.reads', '', true);
