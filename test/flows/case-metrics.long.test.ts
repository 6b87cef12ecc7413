import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { flow } from '../../src/app/flow.ts';
import { publisher } from '../../src/app/publisher.ts';
import { day } from '../../src/base/instant.ts';
import { limits } from '../../src/base/limits.ts';
import * as cases from '../../src/clearinghouse/cases/actions.ts';
import * as metrics from '../../src/clearinghouse/cases/metrics/actions.ts';
import * as findings from '../../src/clearinghouse/findings/actions.ts';
import { diskTree } from '../../src/io/public/disk.ts';
import { type Actor, anonymous, house } from '../../src/trust/access.ts';
import { openHub, type TestHub } from '../hub.ts';
import { loopBox, loopRecipes, loopReport, loopSources } from '../lab-rehearsal.ts';

let hub: TestHub;
let [lab, desk]: Actor[] = [];
interface Shown {
  readonly cells: { id: string; value: number | null; keys?: string[] }[];
}
beforeAll(async () => {
  hub = await openHub({ box: loopBox(), sources: loopSources, recipes: loopRecipes });
  [lab, desk] = [await hub.join('Lab', 'finder'), await hub.join('House', 'coordinator')];
  await hub.do(lab, findings.submit, loopReport('one'));
  await hub.settle(flow);
});
afterAll(() => hub.close());

const show = (cut: string) => hub.do<Shown>(desk!, metrics.show, { cut, quarter: '2026-Q4' });
const caseId = async () => (await hub.do<{ items: { id: string }[] }>(desk!, cases.list, {})).items[0]!.id;

test('staff see what stands behind each number; a board sees no number of one', async () => {
  const id = await caseId();
  await hub.do(house, cases.disclose, { id });
  await hub.settle(flow);
  expect((await show('staff')).cells.find((c) => c.id === 'disclosed')).toMatchObject({ value: 1, keys: [id] });
  expect((await show('staff')).cells.find((c) => c.id === 'automation')).toMatchObject({ value: 1 });
  const board = await show('board');
  expect(board.cells.filter((c) => c.value !== null && c.value > 0)).toEqual([]);
  expect(JSON.stringify(board)).not.toContain(id);
  expect(await hub.try(lab!, metrics.show, {})).toMatchObject({ code: 'not_permitted' });
});

test('a regression is recorded of what was disclosed, and counted once', async () => {
  await hub.do(desk!, metrics.regressed, { id: await caseId(), because: 'It refuses long names now.' });
  await hub.settle(flow);
  expect((await show('staff')).cells.find((c) => c.id === 'regressions')).toMatchObject({ value: null, because: 'nothing in this period' });
});

test('counted anew from the first entry of the log, every number is the same', async () => {
  const before = [await show('staff'), await show('board')];
  await hub.doors.db.transaction(house.reads, async (tx) => {
    await sql`DELETE FROM metric_facts`.execute(tx);
    await sql`DELETE FROM log_cursors WHERE follower LIKE '%→metrics.note'`.execute(tx);
  });
  await hub.settle(flow);
  expect([await show('staff'), await show('board')]).toEqual(before);
});

test('a quarter is made public once, when it is over long enough, and is the same for ever', async () => {
  const read = () => hub.do<{ items: { quarter: string; cells: object[] }[] }>(anonymous, metrics.shown, {});
  expect((await read()).items.map((q) => q.quarter)).toEqual(['2026-Q3']);
  hub.clock.advance((41 + limits.metricLagDays) * day);
  await hub.settle(flow);
  const { items } = await read();
  expect(items.map((q) => q.quarter)).toEqual(['2026-Q3', '2026-Q4']);
  expect(JSON.stringify(items)).not.toMatch(/cas_|keys/);
  hub.clock.advance(day);
  await hub.settle(flow);
  expect((await read()).items).toEqual(items);
  expect((await hub.do<{ items: { id: string }[] }>(anonymous, metrics.define, {})).items).toHaveLength(11);
});

test('the public tree has them as a file, with what each counts, and tells of no case', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'bw-metrics-'));
  try {
    await publisher(hub.doors, diskTree(dir), { origin: 'test.example' }, () => 0).publish('whole');
    const text = readFileSync(join(dir, 'metrics.json'), 'utf8');
    const { definitions, quarters } = JSON.parse(text) as { definitions: { id: string; cuts: string[] }[]; quarters: object[] };
    expect(definitions.every((d) => d.cuts.includes('public'))).toBe(true);
    expect(quarters).toEqual((await hub.do<{ items: object[] }>(anonymous, metrics.shown, {})).items);
    // One disclosure was made in 2026-Q4, and fewer than five are nobody's to count.
    expect(quarters[1]).toMatchObject({
      quarter: '2026-Q4',
      cells: expect.arrayContaining([expect.objectContaining({ id: 'disclosed', value: null })]),
    });
    expect(text).not.toMatch(/cas_|pkg:|keys/);
    expect(readFileSync(join(dir, 'index.html'), 'utf8')).toContain('href="metrics.json"');
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
