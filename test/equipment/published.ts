import { sql } from 'kysely';
import { canonical, sha256 } from '../../src/base/canonical.ts';
import { appendLeaf, leafHash } from '../../src/base/merkle.ts';
import type { TestHub } from '../hub.ts';

/** The document of release `seq`, at `osv/npm/x_<seq>.json`. */
export function documentText(seq: number): string {
  return canonical({ id: `X-${seq}`, summary: 'A flaw.' });
}

export function entryText(seq: number): string {
  const path = `osv/npm/x_${seq}.json`;
  return canonical({
    seq,
    release: `rel_${seq}`,
    id: `BW-2026-${seq}`,
    version: 1,
    title: 'A flaw',
    packages: ['pkg:npm/a'],
    publishedAt: '2026-01-01T00:00:00.000Z',
    documents: [{ format: 'osv', path, sha256: sha256(documentText(seq)) }],
  });
}

/** Puts published releases straight into the tables, as a hub from before the nodes were kept has them: `from` + 1 to `to`. */
export async function insertPublished(hub: TestHub, from: number, to: number, entryOf: (seq: number) => string = entryText): Promise<void> {
  const entries = Array.from({ length: to }, (_, i) => entryOf(i + 1));
  const leaves = entries.map((entry) => leafHash(Buffer.from(entry)));
  const frontier = leaves.reduce<Buffer[]>((before, leaf, i) => appendLeaf(before, i, leaf), []);
  const [texts, hexes] = [entries.slice(from), leaves.slice(from).map((leaf) => leaf.toString('hex'))];
  await hub.doors.db.transaction([], async (tx) => {
    await sql`INSERT INTO releases (id, advisory_id, case_id, package, advisory_digest, go_live_at, state, scheduled_by, scheduled_at, seq, packages, entry, leaf, tlp, compartments)
      SELECT 'rel_' || n, 'adv_' || n, 'cas_' || n, 'pkg:npm/a', '', '2026-01-01Z', 'published', 'x', '2026-01-01Z', n, '{}', entry, leaf, 'CLEAR', '{}'
      FROM (SELECT entry, leaf, ${from}::int + n AS n FROM unnest(${sql.val(texts)}::text[], ${sql.val(hexes)}::text[]) WITH ORDINALITY AS g (entry, leaf, n)) AS given`.execute(
      tx,
    );
    await sql`UPDATE release_head SET size = ${to}, frontier = ${sql.val(frontier.map((h) => h.toString('hex')))}::text[]`.execute(tx);
  });
}
