import type { Tx } from '../../../base/doors.ts';
import type { Instant } from '../../../base/instant.ts';
import { limits } from '../../../base/limits.ts';
import { neverSeen, type Seen } from './witness.ts';

/** How it stands with a witness that we ask. */
interface Standing {
  /** Its verifier key. */
  readonly witness: string;
  readonly knownSize: number;
  /** The size it last cosigned, with the line of the note. */
  readonly size: number | null;
  readonly line: string | null;
  readonly cosignedAt: Instant | null;
  readonly failures: number;
  /** Of the last failure. */
  readonly because: string | null;
  readonly askAt: Instant;
}

type StandingRow = {
  witness: string;
  known_size: number;
  size: number | null;
  line: string | null;
  cosigned_at: Instant | null;
  failures: number;
  because: string | null;
  ask_at: Instant;
};

type Tables = {
  release_witnesses: StandingRow;
  witnessed_logs: { origin: string; size: number; root: string; checkpoint: string | null };
  witnessed_forks: { origin: string; root: string; checkpoint: string; against: string; seen_at: Instant };
};
const witnesses = (tx: Tx) => tx.withTables<Tables>();

/** Of every witness that was ever asked, by its key. */
export async function standings(tx: Tx): Promise<Map<string, Standing>> {
  const rows = await witnesses(tx).selectFrom('release_witnesses').selectAll().orderBy('witness').execute();
  return new Map(rows.map((row) => [row.witness, standingOf(row)]));
}

export async function standingForChange(tx: Tx, witness: string): Promise<Standing | undefined> {
  const row = await witnesses(tx).selectFrom('release_witnesses').selectAll().where('witness', '=', witness).forUpdate().executeTakeFirst();
  return row && standingOf(row);
}

export async function saveStanding(tx: Tx, { witness, ...s }: Standing): Promise<void> {
  const { size, line, failures, because } = s;
  const row = { known_size: s.knownSize, size, line, cosigned_at: s.cosignedAt, failures, because, ask_at: s.askAt };
  await witnesses(tx)
    .insertInto('release_witnesses')
    .values({ witness, ...row })
    .onConflict((on) => on.column('witness').doUpdateSet(row))
    .execute();
}

/** The cosignatures of our checkpoint of this size, as lines of the note. */
export async function cosignatureLines(tx: Tx, size: number): Promise<string[]> {
  const rows = await witnesses(tx).selectFrom('release_witnesses').select('line').where('size', '=', size).orderBy('witness').execute();
  return rows.map((row) => row.line ?? '');
}

/** What was last cosigned of a log, held until the transaction ends, so that two requests for one log wait for each other. */
export async function lockSeen(tx: Tx, origin: string): Promise<Seen> {
  const first = { origin, size: 0, root: neverSeen.root.toString('base64'), checkpoint: null };
  const insert = witnesses(tx).insertInto('witnessed_logs').values(first);
  await insert.onConflict((on) => on.doNothing()).execute();
  const query = witnesses(tx).selectFrom('witnessed_logs').selectAll().where('origin', '=', origin).forUpdate();
  const { size, root } = await query.executeTakeFirstOrThrow();
  return { size, root: Buffer.from(root, 'base64') };
}

/** The caller holds it locked. */
export async function saveSeen(tx: Tx, origin: string, { size, root }: Seen, checkpoint: string): Promise<void> {
  const row = { size, root: root.toString('base64'), checkpoint };
  await witnesses(tx).updateTable('witnessed_logs').set(row).where('origin', '=', origin).execute();
}

/** The checkpoint as it was last cosigned; undefined where none ever was. */
export async function checkpointSeen(tx: Tx, origin: string): Promise<string | undefined> {
  const row = await witnesses(tx).selectFrom('witnessed_logs').select('checkpoint').where('origin', '=', origin).executeTakeFirst();
  return row?.checkpoint ?? undefined;
}

/** Keeps a signed contradiction, up to so many of one log. The caller holds the log locked. */
export async function keepFork(tx: Tx, origin: string, root: Buffer, checkpoint: string, at: Instant): Promise<void> {
  const count = witnesses(tx)
    .selectFrom('witnessed_forks')
    .select((e) => e.fn.countAll<number>().as('n'));
  const { n } = await count.where('origin', '=', origin).executeTakeFirstOrThrow();
  const against = await checkpointSeen(tx, origin);
  if (n >= limits.forksPerLog || against === undefined) return;
  await witnesses(tx)
    .insertInto('witnessed_forks')
    .values({ origin, root: root.toString('base64'), checkpoint, against, seen_at: at })
    .onConflict((on) => on.doNothing())
    .execute();
}

/** Signed contradictions of the logs that this hub watches. */
export async function forks(tx: Tx): Promise<Tables['witnessed_forks'][]> {
  return witnesses(tx).selectFrom('witnessed_forks').selectAll().orderBy('seen_at').execute();
}

function standingOf(r: StandingRow): Standing {
  const { witness, size, line, failures, because } = r;
  return { witness, knownSize: r.known_size, size, line, cosignedAt: r.cosigned_at, failures, because, askAt: r.ask_at };
}
