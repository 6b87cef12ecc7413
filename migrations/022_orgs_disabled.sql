-- Whoever belongs to a disabled organisation is nobody here, with every credential, until it is enabled again.
ALTER TABLE orgs ADD COLUMN disabled_at timestamptz(3);
