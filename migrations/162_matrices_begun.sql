-- How many the hub began by itself for a finding with those that came before it.
CREATE INDEX matrices_b ON matrices (b_id);
