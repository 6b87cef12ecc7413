-- Row-level security for every labelled table: a row is visible only to a transaction that reads all of its compartments.
-- app.reads is set once per transaction by the Db door; a transaction that set nothing reads nothing but the public.
CREATE FUNCTION cleared(compartments text[]) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT NOT EXISTS (
    SELECT 1
    -- On a fresh connection the setting is NULL; without coalesce the comparison would be NULL too, and every row would show.
    FROM unnest(compartments) AS c, string_to_array(coalesce(current_setting('app.reads', true), ''), ',') AS reads
    WHERE NOT coalesce(c = ANY (reads) OR (left(c, 4) || '*') = ANY (reads), false)
  )
$$;

CREATE FUNCTION guard(guarded regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', guarded);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', guarded);
  EXECUTE format('CREATE POLICY cleared ON %s USING (cleared(compartments)) WITH CHECK (true)', guarded);
END
$$;
