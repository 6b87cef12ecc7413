-- All acts meet at the head of the log. It is locked, linked to and moved in one statement, so that nobody holds it while the hub thinks: the
-- way to the hub and back, twice, was most of the time for which it was held.
-- `told`: what log_bodies holds, and `digest`, what the chain commits to. Payloads are the text of their JSON.
CREATE FUNCTION append_log(by_actor text, not_before timestamptz, told json) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  head log_head;
  one record;
  linked text;
  carry bytea;
  below bigint;
BEGIN
  SELECT * INTO STRICT head FROM log_head FOR UPDATE;
  -- Two acts may take their `now` in one order and the lock in the other; the log's own times never go back.
  head.at := greatest(head.at, not_before);
  FOR one IN SELECT * FROM json_to_recordset(told) AS t (digest text, salt text, event text, thing text, tlp text, compartments text[],
    payload_digest text, payload_salt text, payload text)
  LOOP
    -- As `link` in src/trust/log/entry.ts: SHA-256 of RFC 8785's canonical form.
    linked := encode(sha256(convert_to(format('{"at":"%s","digest":"%s","previous":"%s","seq":%s}',
      to_char(head.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), one.digest, head.hash, head.size + 1), 'UTF8')), 'hex');
    INSERT INTO log_entries (seq, at, digest, previous, hash) VALUES (head.size + 1, head.at, one.digest, head.hash, linked);
    INSERT INTO log_bodies (seq, salt, actor, event, thing, tlp, compartments, payload_digest, payload_salt, payload)
      VALUES (head.size + 1, one.salt, by_actor, one.event, one.thing, one.tlp, one.compartments, one.payload_digest, one.payload_salt,
        one.payload::jsonb);
    -- As `appendLeaf` in src/base/merkle.ts: RFC 6962 §2.1.
    carry := sha256('\x00'::bytea || decode(linked, 'hex'));
    below := head.size;
    WHILE below % 2 = 1 LOOP
      carry := sha256('\x01'::bytea || decode(head.frontier[cardinality(head.frontier)], 'hex') || carry);
      head.frontier := trim_array(head.frontier, 1);
      below := below / 2;
    END LOOP;
    head.frontier := head.frontier || encode(carry, 'hex');
    head.size := head.size + 1;
    head.hash := linked;
  END LOOP;
  UPDATE log_head SET size = head.size, hash = head.hash, frontier = head.frontier, at = head.at;
END
$$;

-- A follower's cursor moves forward, never back; whoever comes second is rolled back with all they did.
CREATE FUNCTION follow_to(whose text, upto bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE log_cursors SET seq = upto WHERE follower = whose AND seq < upto;
  IF NOT FOUND THEN
    RAISE 'another worker did this' USING ERRCODE = 'BW001';
  END IF;
END
$$;
