-- Row-level security for every labelled table: a row is visible only to a transaction that reads all of its compartments.
-- app.reads is set once per transaction by the Db door; a transaction that set nothing reads nothing but the public.
CREATE FUNCTION cleared(compartments text[]) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT NOT EXISTS (
    SELECT 1 FROM unnest(compartments) AS c
    WHERE NOT (c = ANY (string_to_array(current_setting('app.reads', true), ','))
      OR (left(c, 4) || '*') = ANY (string_to_array(current_setting('app.reads', true), ',')))
  )
$$;

CREATE FUNCTION guard(guarded regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', guarded);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', guarded);
  EXECUTE format('CREATE POLICY cleared ON %s USING (cleared(compartments)) WITH CHECK (true)', guarded);
END
$$;
