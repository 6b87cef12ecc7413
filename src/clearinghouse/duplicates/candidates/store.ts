import { createHash } from 'node:crypto';
import { type Selectable, sql } from 'kysely';
import type { Tx } from '../../../base/doors.ts';
import type { Id } from '../../../base/id.ts';
import type { Instant } from '../../../base/instant.ts';
import { type Label, labelOfRow, type Tlp } from '../../../base/label.ts';
import { limits } from '../../../base/limits.ts';
import { keysOf } from '../keys.ts';
import type { Traits } from '../traits.ts';
import { type Candidate, type Found, isCompared } from './candidate.ts';
import { type KeptTraits, keptOf, traitsOfKept, traitsShape } from './kept.ts';

type TraitsRow = {
  finding_id: Id<'fnd'>;
  state: Candidate['state'];
  traits: KeptTraits;
  tlp: Tlp;
  compartments: string[];
};
const candidates = (tx: Tx) => tx.withTables<{ finding_traits: TraitsRow }>();

/**
 * Holds back whoever else compares or moves one of these until this transaction ends. Two findings that share a key wait for each other:
 * both would find that nobody is there, and open a vulnerability each. In one order for everybody, so that none waits in a ring.
 */
export async function lockFindings(tx: Tx, ids: readonly string[], keys: readonly string[] = []): Promise<void> {
  const locks = [...ids.map((id) => digest64(`finding ${id}`)), ...keys];
  const ordered = [...new Set(locks)].sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
  await sql`SELECT count(pg_advisory_xact_lock(l)) FROM unnest(${ordered}::bigint[]) AS l`.execute(tx);
}

/** What is there of a finding when it is kept. */
interface Kept {
  readonly no: number;
  /** Where it is counted. */
  readonly home: Id<'vul'> | null;
  /** A person has decided something about it that rules. */
  readonly isSpokenOf: boolean;
}

/**
 * Keeps what the finding is compared by, in one statement; one that is not to be found, neither by its state nor by a place, has no keys. And
 * tells PostgreSQL for the look-up that follows not to read and sort all that hold a key because on average few do: 50 times slower with
 * 100,000 held.
 */
export async function keepTraits(
  tx: Tx,
  { findingId, state, traits, label }: Candidate,
  keys: readonly string[],
  now: Instant,
): Promise<Kept> {
  const { rows } = await sql<Kept>`
    WITH before AS (SELECT no, keys FROM finding_traits WHERE finding_id = ${findingId}),
    place AS (SELECT vulnerability_id AS home FROM vulnerability_members WHERE finding_id = ${findingId} AND left_at IS NULL),
    given AS (
      SELECT CASE WHEN ${isCompared(state)} OR EXISTS (SELECT FROM place) THEN ${keys}::bigint[] ELSE '{}' END AS keys
    ),
    kept AS (
      INSERT INTO finding_traits (finding_id, state, traits, shape, keys, tlp, compartments, compared_at)
      SELECT ${findingId}, ${state}, ${JSON.stringify(keptOf(traits))}::json, ${traitsShape}::smallint, keys, ${label.tlp},
        ${label.compartments}::text[], ${now}::timestamptz FROM given
      ON CONFLICT (finding_id) DO UPDATE SET state = excluded.state, traits = excluded.traits, shape = excluded.shape, keys = excluded.keys,
        compared_at = excluded.compared_at
      RETURNING no, keys
    ),
    gone AS (
      DELETE FROM finding_keys USING kept, before, unnest(before.keys) AS k (key)
      WHERE finding_keys.key = k.key AND finding_no = before.no AND k.key <> ALL (kept.keys)
    ),
    fresh AS (
      INSERT INTO finding_keys (key, finding_no) SELECT k.key, kept.no FROM kept, unnest(kept.keys) AS k (key)
      WHERE k.key <> ALL (coalesce((SELECT keys FROM before), '{}'))
    )
    SELECT no, (SELECT home FROM place) AS home, set_config('enable_bitmapscan', 'off', true),
      EXISTS (SELECT FROM comparisons WHERE a_id = ${findingId} AND rules AND binding)
        OR EXISTS (SELECT FROM comparisons WHERE b_id = ${findingId} AND rules AND binding) AS "isSpokenOf"
    FROM kept`.execute(tx);
  return rows[0]!;
}

type FoundRow = Selectable<TraitsRow> & Pick<Found, 'home' | 'known'>;

/**
 * Those that share a key with the finding, best first: a key counts for less the more findings hold it. Of a key that very many hold, the
 * oldest are looked at and no more, so that the work does not grow with the store and nobody can bury what was there before under a flood.
 * OFFSET 0: without it PostgreSQL reads the holders of a key again for each of them. Asked for one by one and not joined: a plan made while there
 * were few members would read them all for each candidate.
 */
export async function candidatesFor(tx: Tx, id: Id<'fnd'>, keys: readonly string[]): Promise<Found[]> {
  const { rows } = await sql<FoundRow>`
    WITH best AS (
      SELECT h.no, sum(1000000 / cardinality(holders.nos)) AS telling
      FROM unnest(${keys}::bigint[]) AS k (key)
      CROSS JOIN LATERAL (SELECT ARRAY (
        SELECT finding_no FROM finding_keys WHERE finding_keys.key = k.key ORDER BY finding_no LIMIT ${limits.findingsPerKey}
      ) AS nos OFFSET 0) AS holders
      CROSS JOIN unnest(holders.nos) AS h (no)
      WHERE h.no <> (SELECT no FROM finding_traits WHERE finding_id = ${id}) GROUP BY h.no ORDER BY telling DESC, h.no LIMIT ${limits.weighedFindings}
    )
    SELECT t.finding_id, t.state, t.traits, t.tlp, t.compartments, (
      SELECT vulnerability_id FROM vulnerability_members AS m WHERE m.finding_id = t.finding_id AND m.left_at IS NULL
    ) AS home, (
      SELECT json_build_object('decision', c.decision, 'reasons', c.reasons, 'turn', c.turn, 'binding', c.binding) FROM comparisons AS c
      WHERE c.a_id = least(t.finding_id, ${id}) AND c.b_id = greatest(t.finding_id, ${id}) AND c.rules
    ) AS known
    FROM best JOIN finding_traits AS t ON t.no = best.no AND t.shape = ${traitsShape}
    ORDER BY best.telling DESC, t.no`.execute(tx);
  return rows.map((row) => ({ ...candidateOf(row), home: row.home, known: row.known }));
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
    .select(['finding_id', 'state', 'traits', 'tlp', 'compartments'])
    .where(sql<boolean>`finding_id = ANY (${ids}::text[]) AND shape = ${traitsShape}`)
    .execute();
  return rows.map(candidateOf);
}

function candidateOf(row: Selectable<TraitsRow>): Candidate {
  return { findingId: row.finding_id, state: row.state, traits: traitsOfKept(row.traits), label: labelOfRow(row) };
}

/** The 64-bit numbers of a finding's keys, in decimal. */
export function digestsOf(traits: Traits): string[] {
  return [...new Set(keysOf(traits).map(digest64))];
}

function digest64(text: string): string {
  return createHash('sha256').update(text).digest().readBigInt64BE().toString();
}
