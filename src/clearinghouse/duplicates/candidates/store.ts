import { createHash } from 'node:crypto';
import { type Selectable, sql } from 'kysely';
import type { Tx } from '../../../base/doors.ts';
import type { Id } from '../../../base/id.ts';
import type { Instant } from '../../../base/instant.ts';
import { type Label, labelOfRow, type Tlp } from '../../../base/label.ts';
import { limits } from '../../../base/limits.ts';
import { houseLabel } from '../duplicate.ts';
import { keysOf } from '../keys.ts';
import { type Traits, traitsShape } from '../traits.ts';
import type { Candidate, Found, Known } from './candidate.ts';

type TraitsRow = {
  no: number;
  finding_id: Id<'fnd'>;
  state: Candidate['state'];
  traits: Traits;
  tlp: Tlp;
  compartments: string[];
};
const candidates = (tx: Tx) => tx.withTables<{ finding_traits: TraitsRow }>();

/**
 * Holds back whoever else compares or moves one of these until this transaction ends. Two findings that share a key wait for each other:
 * both would find that nobody is there, and open a vulnerability each. In one order for everybody, so that none waits in a ring.
 */
export async function lockFindings(tx: Tx, ids: readonly string[], traits: readonly Traits[] = []): Promise<void> {
  const locks = [...ids.map((id) => digest64(`finding ${id}`)), ...traits.flatMap(digestsOf)];
  const ordered = [...new Set(locks)].sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
  await sql`SELECT count(pg_advisory_xact_lock(l)) FROM unnest(${ordered}::bigint[]) AS l`.execute(tx);
}

/**
 * Keeps what the finding is compared by, in one statement; one that is not to be found has no keys. Returns its number. And tells PostgreSQL
 * for the look-up that follows not to read and sort all that hold a key because on average few do: 50 times slower with 100,000 held.
 */
export async function keepTraits(tx: Tx, { findingId, state, traits, label }: Candidate, isFound: boolean, now: Instant): Promise<number> {
  const keys = isFound ? digestsOf(traits) : [];
  const { rows } = await sql<{ no: number }>`
    WITH before AS (SELECT no, keys FROM finding_traits WHERE finding_id = ${findingId}),
    kept AS (
      INSERT INTO finding_traits (finding_id, state, traits, keys, tlp, compartments, compared_at)
      VALUES (${findingId}, ${state}, ${JSON.stringify({ ...traits, shape: traitsShape })}, ${keys}::bigint[], ${label.tlp}, ${label.compartments}, ${now})
      ON CONFLICT (finding_id) DO UPDATE
        SET state = excluded.state, traits = excluded.traits, keys = excluded.keys, compared_at = excluded.compared_at
      RETURNING no
    ),
    gone AS (
      DELETE FROM finding_keys USING before, unnest(before.keys) AS k (key)
      WHERE finding_keys.key = k.key AND finding_no = before.no AND k.key <> ALL (${keys}::bigint[])
    ),
    fresh AS (
      INSERT INTO finding_keys (key, finding_no, tlp, compartments)
      SELECT k.key, kept.no, ${houseLabel.tlp}, ${houseLabel.compartments}::text[] FROM kept, unnest(${keys}::bigint[]) AS k (key)
      WHERE k.key <> ALL (coalesce((SELECT keys FROM before), '{}'))
    )
    SELECT no, set_config('enable_bitmapscan', 'off', true) FROM kept`.execute(tx);
  return rows[0]!.no;
}

type FoundRow = Selectable<TraitsRow> & { pair: Known | null };

/**
 * Those that share a key with the finding, best first: a key counts for less the more findings hold it. Of a key that very many hold, the
 * oldest are looked at and no more, so that the work does not grow with the store and nobody can bury what was there before under a flood.
 */
export async function candidatesFor(tx: Tx, no: number, { findingId, traits }: Candidate): Promise<Found[]> {
  const { rows } = await sql<FoundRow>`
    WITH best AS (
      SELECT finding_no, sum(1.0 / holders) AS telling FROM (
        SELECT h.finding_no, count(*) OVER (PARTITION BY k.key) AS holders
        FROM unnest(${digestsOf(traits)}::bigint[]) AS k (key)
        CROSS JOIN LATERAL (
          SELECT finding_no FROM finding_keys WHERE finding_keys.key = k.key ORDER BY finding_no LIMIT ${limits.findingsPerKey}
        ) AS h
      ) AS held
      WHERE finding_no <> ${no} GROUP BY finding_no ORDER BY telling DESC, finding_no LIMIT ${limits.weighedFindings}
    )
    SELECT t.*, (
      SELECT json_build_object('decision', c.decision, 'reasons', c.reasons, 'turn', c.turn, 'binding', c.binding) FROM comparisons AS c
      WHERE c.a_id = least(t.finding_id, ${findingId}) AND c.b_id = greatest(t.finding_id, ${findingId}) AND c.rules
    ) AS pair
    FROM best JOIN finding_traits AS t ON t.no = best.finding_no AND t.traits ->> 'shape' = ${String(traitsShape)} ORDER BY best.telling DESC, t.no`.execute(
    tx,
  );
  return rows.map((row) => ({ ...candidateOf(row), known: row.pair }));
}

/** Under what each of these lies, as far as this transaction reads. */
export async function labelsOf(tx: Tx, ids: readonly string[]): Promise<Map<string, Label>> {
  if (ids.length === 0) return new Map();
  const rows = await candidates(tx)
    .selectFrom('finding_traits')
    .select(['finding_id', 'tlp', 'compartments'])
    .where(sql<boolean>`finding_id = ANY (${ids}::text[])`)
    .execute();
  return new Map(rows.map((row) => [row.finding_id, labelOfRow(row)]));
}

export async function candidatesById(tx: Tx, ids: readonly string[]): Promise<Candidate[]> {
  if (ids.length === 0) return [];
  const rows = await candidates(tx)
    .selectFrom('finding_traits')
    .selectAll()
    .where(sql<boolean>`finding_id = ANY (${ids}::text[]) AND traits ->> 'shape' = ${String(traitsShape)}`)
    .execute();
  return rows.map(candidateOf);
}

function candidateOf(row: Selectable<TraitsRow>): Candidate {
  return { findingId: row.finding_id, state: row.state, traits: row.traits, label: labelOfRow(row) };
}

/** The 64-bit numbers of a finding's keys, in decimal. */
export function digestsOf(traits: Traits): string[] {
  return [...new Set(keysOf(traits).map(digest64))];
}

function digest64(text: string): string {
  return createHash('sha256').update(text).digest().readBigInt64BE().toString();
}
