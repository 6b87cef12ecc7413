-- From a finding to its case.
CREATE INDEX cases_findings ON cases USING gin (finding_ids);
