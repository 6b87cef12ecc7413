import type { ColumnType } from 'kysely';
import type { Tx } from '../../../base/doors.ts';
import type { Id } from '../../../base/id.ts';
import { type Instant, plusMs } from '../../../base/instant.ts';
import { labelColumns, labelOfRow, type Tlp } from '../../../base/label.ts';
import type { Cna, Scope } from './cna.ts';
import { type Cve, type CveState, cveLabel, type Errand, leaseMs, type Pool } from './cve.ts';

type Labelled = { tlp: Tlp; compartments: string[] };
type CveRow = Labelled & {
  cve_id: string;
  year: number;
  state: CveState;
  assigned_by_cna: string | null;
  case_id: Id<'cas'> | null;
  vulnerability_id: Id<'vul'> | null;
  assigned_by: string | null;
  assigned_at: Instant | null;
  reserved_at: Instant;
  published_at: Instant | null;
  rejected_at: Instant | null;
  because: string | null;
  replaced_by: string | null;
};
type ErrandRow = Labelled & {
  id: Id<'cve'>;
  kind: Errand['kind'];
  year: number | null;
  amount: number | null;
  cve_id: string | null;
  container: ColumnType<object | null, string | null, string | null>;
  state: Errand['state'];
  tries: number;
  due_at: Instant;
  leased_until: Instant | null;
  because: string | null;
  asked_at: Instant;
};
type PoolRow = Labelled & { single: ColumnType<boolean, never, never>; least: number; most: number };
type ListRow = Labelled & {
  single: ColumnType<boolean, never, never>;
  listed: ColumnType<Cna[], string, string>;
  url: string;
  sha256: string;
  read_at: Instant;
};
type ScopeRow = Labelled & { covers: string; short_name: string; because: string; said_by: string; said_at: Instant };

const cves = (tx: Tx) =>
  tx.withTables<{ cve_ids: CveRow; cve_errands: ErrandRow; cve_pool: PoolRow; cna_lists: ListRow; cna_scopes: ScopeRow }>();

/** Those that are here already stay as they are. Returns how many are new. */
export async function insertCves(tx: Tx, ids: readonly Cve[]): Promise<number> {
  if (ids.length === 0) return 0;
  const done = await cves(tx)
    .insertInto('cve_ids')
    .values(ids.map(rowOf))
    .onConflict((c) => c.doNothing())
    .executeTakeFirst();
  return Number(done.numInsertedOrUpdatedRows ?? 0n);
}

export async function saveCve(tx: Tx, of: Cve): Promise<void> {
  const { cve_id, ...rest } = rowOf(of);
  await cves(tx).updateTable('cve_ids').set(rest).where('cve_id', '=', cve_id).execute();
}

export async function cveById(tx: Tx, cveId: string): Promise<Cve | undefined> {
  const row = await cves(tx).selectFrom('cve_ids').selectAll().where('cve_id', '=', cveId).forUpdate().executeTakeFirst();
  return row && cveOf(row);
}

export async function cvesOfCase(tx: Tx, caseId: string): Promise<Cve[]> {
  const of = cves(tx).selectFrom('cve_ids').selectAll();
  const rows = await of
    .where('case_id', '=', caseId as Id<'cas'>)
    .orderBy('cve_id')
    .execute();
  return rows.map(cveOf);
}

/** The id that a flaw has: assigned, published, or another authority's. */
export async function cveOfFlaw(tx: Tx, vulnerabilityId: string): Promise<Cve | undefined> {
  const row = await cves(tx)
    .selectFrom('cve_ids')
    .selectAll()
    .where('vulnerability_id', '=', vulnerabilityId as Id<'vul'>)
    .where('state', 'in', ['assigned', 'published', 'foreign'])
    .executeTakeFirst();
  return row && cveOf(row);
}

/** The next of a year's that is given out; nobody else gets it. */
export async function takePooled(tx: Tx, year: number): Promise<Cve | undefined> {
  const row = await cves(tx)
    .selectFrom('cve_ids')
    .selectAll()
    .where('year', '=', year)
    .where('state', '=', 'pooled')
    .orderBy('cve_id')
    .limit(1)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
  return row && cveOf(row);
}

export async function expired(tx: Tx, lastYear: number, limit: number): Promise<Cve[]> {
  const rows = await cves(tx)
    .selectFrom('cve_ids')
    .selectAll()
    .where('state', '=', 'pooled')
    .where('year', '<=', lastYear)
    .orderBy('year')
    .orderBy('cve_id')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();
  return rows.map(cveOf);
}

export async function pooledOf(tx: Tx, year: number): Promise<number> {
  const row = await cves(tx)
    .selectFrom('cve_ids')
    .select((e) => e.fn.countAll<number>().as('n'))
    .where('year', '=', year)
    .where('state', '=', 'pooled')
    .executeTakeFirstOrThrow();
  return Number(row.n);
}

export async function idsOfYear(tx: Tx, year: number): Promise<string[]> {
  const rows = await cves(tx).selectFrom('cve_ids').select('cve_id').where('year', '=', year).orderBy('cve_id').execute();
  return rows.map((row) => row.cve_id);
}

export async function listCves(tx: Tx, after: string, limit: number): Promise<Cve[]> {
  const of = cves(tx).selectFrom('cve_ids').selectAll();
  return (await of.where('cve_id', '>', after).orderBy('cve_id').limit(limit).execute()).map(cveOf);
}

/** Pairs of ids on flaws that are one: the one's case goes on in the other's vulnerability. */
export async function doubled(tx: Tx, into: readonly { readonly from: string; readonly into: string }[]): Promise<[Cve, Cve][]> {
  const pairs: [Cve, Cve][] = [];
  for (const { from, into: to } of into) {
    const [a, b] = [await cveOfFlaw(tx, from), await cveOfFlaw(tx, to)];
    if (a && b) pairs.push([a, b]);
  }
  return pairs;
}

export async function insertErrand(tx: Tx, of: Errand): Promise<void> {
  await cves(tx).insertInto('cve_errands').values(errandRow(of)).execute();
}

export async function saveErrand(tx: Tx, of: Errand): Promise<void> {
  const { id, ...rest } = errandRow(of);
  await cves(tx).updateTable('cve_errands').set(rest).where('id', '=', id).execute();
}

export async function errandById(tx: Tx, id: string): Promise<Errand | undefined> {
  const row = await cves(tx)
    .selectFrom('cve_errands')
    .selectAll()
    .where('id', '=', id as Id<'cve'>)
    .forUpdate()
    .executeTakeFirst();
  return row && errandOf(row);
}

/** What is asked now takes the place of what was asked before for the same id, or as a reservation, and is not done. */
export async function replaceErrands(tx: Tx, { kind, cveId }: Pick<Errand, 'kind' | 'cveId'>): Promise<void> {
  const of = cves(tx).updateTable('cve_errands').set({ state: 'replaced' }).where('state', 'in', ['waiting', 'refused']);
  await (cveId === null ? of.where('kind', '=', kind) : of.where('cve_id', '=', cveId)).execute();
}

export async function dueErrands(tx: Tx, now: Instant, limit: number): Promise<Errand[]> {
  const rows = await cves(tx)
    .selectFrom('cve_errands')
    .selectAll()
    .where('state', '=', 'waiting')
    .where('due_at', '<=', now)
    .where((e) => e.or([e('leased_until', 'is', null), e('leased_until', '<', now)]))
    .orderBy('due_at')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();
  for (const { id } of rows)
    await cves(tx)
      .updateTable('cve_errands')
      .set({ leased_until: plusMs(now, leaseMs) })
      .where('id', '=', id)
      .execute();
  return rows.map(errandOf);
}

/** One that is under way, or one that was refused after `since`. */
export async function unmetReservation(tx: Tx, since: Instant): Promise<boolean> {
  const row = await cves(tx)
    .selectFrom('cve_errands')
    .select('id')
    .where('kind', '=', 'reserve')
    .where((e) => e.or([e('state', '=', 'waiting'), e.and([e('state', '=', 'refused'), e('asked_at', '>', since)])]))
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

export async function openErrands(tx: Tx, limit: number): Promise<Errand[]> {
  const of = cves(tx).selectFrom('cve_errands').selectAll().where('state', 'in', ['waiting', 'refused']);
  return (await of.orderBy('asked_at').limit(limit).execute()).map(errandOf);
}

export async function poolOf(tx: Tx): Promise<Pool | undefined> {
  return cves(tx).selectFrom('cve_pool').select(['least', 'most']).executeTakeFirst();
}

export async function savePool(tx: Tx, { least, most }: Pool): Promise<void> {
  const row = { least, most, ...labelColumns(cveLabel) };
  await cves(tx)
    .insertInto('cve_pool')
    .values(row)
    .onConflict((c) => c.column('single').doUpdateSet({ least, most }))
    .execute();
}

export async function saveCnas(tx: Tx, cnas: readonly Cna[], url: string, sha256: string, at: Instant): Promise<void> {
  const row = { listed: JSON.stringify(cnas), url, sha256, read_at: at, ...labelColumns(cveLabel) };
  await cves(tx)
    .insertInto('cna_lists')
    .values(row)
    .onConflict((c) => c.column('single').doUpdateSet(row))
    .execute();
}

export async function cnasRead(tx: Tx): Promise<readonly Cna[]> {
  return (await cves(tx).selectFrom('cna_lists').select('listed').executeTakeFirst())?.listed ?? [];
}

export async function saveScope(tx: Tx, of: Scope, by: string, at: Instant): Promise<void> {
  const row = { covers: of.covers, short_name: of.shortName, because: of.because, said_by: by, said_at: at, ...labelColumns(cveLabel) };
  await cves(tx)
    .insertInto('cna_scopes')
    .values(row)
    .onConflict((c) => c.column('covers').doUpdateSet(row))
    .execute();
}

export async function scopesRead(tx: Tx): Promise<Scope[]> {
  const rows = await cves(tx).selectFrom('cna_scopes').selectAll().orderBy('covers').execute();
  return rows.map((r) => ({ covers: r.covers, shortName: r.short_name, because: r.because }));
}

function rowOf(c: Cve): CveRow {
  return {
    ...{ cve_id: c.cveId, year: c.year, state: c.state, assigned_by_cna: c.assignedByCna, case_id: c.caseId },
    ...{ vulnerability_id: c.vulnerabilityId, assigned_by: c.assignedBy, assigned_at: c.assignedAt, reserved_at: c.reservedAt },
    ...{ published_at: c.publishedAt, rejected_at: c.rejectedAt, because: c.because, replaced_by: c.replacedBy },
    ...labelColumns(c.label),
  };
}

function cveOf(r: CveRow): Cve {
  return {
    ...{ cveId: r.cve_id, year: r.year, state: r.state, assignedByCna: r.assigned_by_cna, caseId: r.case_id },
    ...{ vulnerabilityId: r.vulnerability_id, assignedBy: r.assigned_by, assignedAt: r.assigned_at, reservedAt: r.reserved_at },
    ...{ publishedAt: r.published_at, rejectedAt: r.rejected_at, because: r.because, replacedBy: r.replaced_by },
    label: labelOfRow(r),
  };
}

function errandRow(e: Errand) {
  return {
    ...{ id: e.id, kind: e.kind, year: e.year, amount: e.amount, cve_id: e.cveId, container: e.container && JSON.stringify(e.container) },
    ...{ state: e.state, tries: e.tries, due_at: e.dueAt, leased_until: e.leasedUntil, because: e.because, asked_at: e.askedAt },
    ...labelColumns(e.label),
  };
}

function errandOf(r: Omit<ErrandRow, 'container'> & { container: object | null }): Errand {
  return {
    ...{ id: r.id, kind: r.kind, year: r.year, amount: r.amount, cveId: r.cve_id, container: r.container, state: r.state },
    ...{ tries: r.tries, dueAt: r.due_at, leasedUntil: r.leased_until, because: r.because, askedAt: r.asked_at, label: labelOfRow(r) },
  };
}
