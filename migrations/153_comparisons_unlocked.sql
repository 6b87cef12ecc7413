-- Both findings of a comparison are rows of finding_traits that the same transaction has just read, and those refer to findings, of which none is
-- ever deleted. To be asked again of each pair locked sixteen findings for every new one and wrote their pages anew: more work than the
-- comparisons themselves, and with a million held, pages from all over the disk.
ALTER TABLE comparisons DROP CONSTRAINT comparisons_a_id_fkey, DROP CONSTRAINT comparisons_b_id_fkey;
