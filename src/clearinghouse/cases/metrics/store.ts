import type { ColumnType } from 'kysely';
import type { Tx } from '../../../base/doors.ts';
import type { Instant } from '../../../base/instant.ts';
import { type Label, label, labelColumns, publicLabel, type Tlp } from '../../../base/label.ts';
import type { Cell } from './gate.ts';
import type { Fact, Period } from './metric.ts';

type Labelled = { tlp: Tlp; compartments: string[] };
type FactRow = Labelled & Omit<Fact, 'said'> & { said: ColumnType<Fact['said'], string, string> };
type QuarterRow = Labelled & { quarter: string; cells: ColumnType<Cell[], string, string>; published_at: Instant };

export interface Quarter {
  readonly quarter: string;
  readonly publishedAt: Instant;
  readonly cells: readonly Cell[];
}

const metrics = (tx: Tx) => tx.withTables<{ metric_facts: FactRow; metric_quarters: QuarterRow }>();
export const factLabel: Label = label('RED', 'hou_clearinghouse');

/** One row an entry: told twice, it is there once. */
export async function insertFact(tx: Tx, fact: Fact): Promise<void> {
  await metrics(tx)
    .insertInto('metric_facts')
    .values({ ...fact, said: JSON.stringify(fact.said), ...labelColumns(factLabel) })
    .onConflict((c) => c.doNothing())
    .execute();
}

/** All that is told of whatever something happened to in a period, and of what is still under way. */
export async function factsFor(tx: Tx, { from, to }: Period): Promise<Fact[]> {
  const of = metrics(tx).selectFrom('metric_facts');
  const touched = of.select('subject').where('at', '>=', from).where('at', '<', to);
  const ended = metrics(tx)
    .selectFrom('metric_facts')
    .select('subject')
    .where('event', 'in', ['case.disclosed', 'case.closed'])
    .where('at', '<', from);
  return metrics(tx)
    .selectFrom('metric_facts')
    .select(['seq', 'event', 'subject', 'at', 'said'])
    .where('at', '<', to)
    .where((e) => e.or([e('subject', 'in', touched), e('subject', 'not in', ended)]))
    .orderBy('seq')
    .execute();
}

export async function insertQuarter(tx: Tx, of: Quarter): Promise<void> {
  const row = { quarter: of.quarter, cells: JSON.stringify(of.cells), published_at: of.publishedAt, ...labelColumns(publicLabel) };
  await metrics(tx).insertInto('metric_quarters').values(row).execute();
}

export async function hasQuarter(tx: Tx, quarter: string): Promise<boolean> {
  return (
    (await metrics(tx).selectFrom('metric_quarters').select('quarter').where('quarter', '=', quarter).executeTakeFirst()) !== undefined
  );
}

export async function quarters(tx: Tx, after: string, limit: number): Promise<Quarter[]> {
  const rows = await metrics(tx)
    .selectFrom('metric_quarters')
    .selectAll()
    .where('quarter', '>', after)
    .orderBy('quarter')
    .limit(limit)
    .execute();
  return rows.map((r) => ({ quarter: r.quarter, publishedAt: r.published_at, cells: r.cells }));
}
