-- The perfect subtrees of the feed's Merkle tree, so that a proof is some forty rows and not all of them.
-- Only of what is public already. A hub from before fills it at the first proof (releases/log/store.ts).
CREATE TABLE release_nodes (
  level smallint NOT NULL,
  index integer NOT NULL,
  hash bytea NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (level, index)
);
CREATE FUNCTION keep_node() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the log of releases is only ever appended to';
END
$$;
CREATE TRIGGER keep_node BEFORE UPDATE OR DELETE ON release_nodes FOR EACH ROW EXECUTE FUNCTION keep_node();
