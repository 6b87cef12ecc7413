-- Every key lies under the clearinghouse's own label. So the label is asked once a statement, not of each of the thousands of rows that a
-- look-up meets, and is not stored forty times a finding.
DROP POLICY cleared ON finding_keys;
ALTER TABLE finding_keys DROP CONSTRAINT finding_keys_pkey;
ALTER TABLE finding_keys DROP COLUMN tlp, DROP COLUMN compartments;
ALTER TABLE finding_keys ADD PRIMARY KEY (key, finding_no);
CREATE POLICY cleared ON finding_keys USING ((SELECT cleared('{hou_clearinghouse}'))) WITH CHECK (true);

-- As written, to be handed out as written: nothing looks into it but the hub.
ALTER TABLE finding_traits ALTER COLUMN traits TYPE json USING traits::json;
-- That of `traitsShape`; what is of another shape is not compared until its finding is compared anew.
ALTER TABLE finding_traits ADD COLUMN shape smallint NOT NULL DEFAULT 1;
ALTER TABLE finding_traits ALTER COLUMN shape DROP DEFAULT;
