-- Witnesses asked: what each of them last cosigned of our feed, and when it is asked next.
CREATE TABLE release_witnesses (
  witness text PRIMARY KEY,
  -- What we believe it saw last; it says so itself when we are wrong.
  known_size integer NOT NULL,
  size integer,
  line text,
  cosigned_at timestamptz(3),
  failures integer NOT NULL,
  because text,
  ask_at timestamptz(3) NOT NULL
);

-- Logs of others that this hub watches: the largest checkpoint it ever cosigned. Committed before the cosignature leaves the house.
CREATE TABLE witnessed_logs (
  origin text PRIMARY KEY,
  size bigint NOT NULL,
  root text NOT NULL,
  checkpoint text
);
CREATE FUNCTION keep_witnessed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR NEW.size < OLD.size OR (NEW.size = OLD.size AND NEW.root <> OLD.root) THEN
    RAISE EXCEPTION 'a witness never goes back';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER keep_witnessed BEFORE UPDATE OR DELETE ON witnessed_logs FOR EACH ROW EXECUTE FUNCTION keep_witnessed();

-- Two checkpoints of one size, both signed by the log, that differ: proof to show to anybody.
CREATE TABLE witnessed_forks (
  origin text NOT NULL REFERENCES witnessed_logs (origin),
  root text NOT NULL,
  checkpoint text NOT NULL,
  against text NOT NULL,
  seen_at timestamptz(3) NOT NULL,
  PRIMARY KEY (origin, root)
);
