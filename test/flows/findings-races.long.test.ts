import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { flow } from '../../src/app/flow.ts';
import * as findings from '../../src/clearinghouse/findings/actions.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import { openHub, type TestHub } from '../hub.ts';

let hub: TestHub;
let [finder, desk]: Actor[] = [];
const poc = { filename: 'poc.bin', contentType: 'application/octet-stream', type: 'exploit-proof-of-concept', data: 'AAEC' };
let n = 0;
const submit = async (over: object = {}) =>
  (await hub.do<{ id: string }>(finder!, findings.submit, { title: `t${n++}`, text: 'x', purl: `pkg:npm/race-${n}@1.0.0`, ...over })).id;
const place = (id: string) => hub.do<{ acknowledgedAt: string | null; isOverdue: boolean }>(finder!, findings.place, { id });
const waiting = async () =>
  (await hub.do<{ items: { findingId: string }[] }>(desk!, findings.queue, { limit: 100 })).items.map((item) => item.findingId);

beforeAll(async () => {
  hub = await openHub();
  finder = await hub.join('Finder', 'finder');
  desk = await hub.join('Desk', 'coordinator');
});
afterAll(() => hub.close());

/** Holds a row until both have come as far as it, the first before the second. */
async function meeting(table: string, column: string, id: string, first: () => Promise<unknown>, second: () => Promise<unknown>) {
  const going: Promise<unknown>[] = [];
  await hub.doors.db.transaction(house.reads, async (tx) => {
    await sql`SELECT 1 FROM ${sql.table(table)} WHERE ${sql.ref(column)} = ${id} FOR UPDATE`.execute(tx);
    for (const [i, start] of [first, second].entries()) {
      going.push(start());
      for (;;) {
        // What a transaction has seen of the others is kept for it until this is said.
        await sql`SELECT pg_stat_clear_snapshot()`.execute(tx);
        const { rows } = await sql<{ n: string }>`SELECT count(*) AS n FROM pg_stat_activity
          WHERE datname = current_database() AND wait_event_type = 'Lock'`.execute(tx);
        if (Number(rows[0]!.n) > i) break;
      }
    }
  });
  return Promise.all(going);
}

test('an answer of the desk stays when a verdict comes in at the same moment', async () => {
  const id = await submit({ attachments: [poc] });
  await hub.settle(flow);
  await meeting(
    'finding_places',
    'finding_id',
    id,
    () => hub.do(desk!, findings.acknowledge, { id }),
    () => hub.do(house, findings.reconsiderPlace, { id, verdict: 'not-reproduced' }),
  );
  expect((await place(id)).acknowledgedAt).not.toBeNull();
  expect(await waiting()).not.toContain(id);
});

test('what was taken back does not come back with a verdict that comes in at the same moment', async () => {
  const id = await submit({ attachments: [poc] });
  await hub.settle(flow);
  await meeting(
    'finding_places',
    'finding_id',
    id,
    () => hub.do(finder!, findings.withdraw, { id, because: 'x' }),
    () => hub.do(house, findings.reconsiderPlace, { id, verdict: 'not-reproduced' }),
  );
  expect(await waiting()).not.toContain(id);
});

test('two people who answer at once: one of them does', async () => {
  const id = await submit({ attachments: [poc] });
  await hub.settle(flow);
  const answer = () => hub.try(desk!, findings.acknowledge, { id });
  const outcomes = await meeting('finding_places', 'finding_id', id, answer, answer);
  expect(outcomes.filter((o) => (o as { code?: string }).code === 'wrong_state')).toHaveLength(1);
});

test('what was taken back before it had a place waits for nobody', async () => {
  const id = await submit({ attachments: [poc] });
  await hub.do(finder!, findings.withdraw, { id, because: 'x' });
  await hub.settle(flow);
  expect(await waiting()).not.toContain(id);
});

test('two verdicts at once are both in the record', async () => {
  const tool = { discoveryTooling: 'racer', attachments: [poc] };
  const ids = [await submit(tool), await submit(tool)];
  await hub.settle(flow);
  const judge = (id: string) => () => hub.do(house, findings.reconsiderPlace, { id, verdict: 'not-reproduced', before: 'could-not-tell' });
  await meeting('track_records', 'tooling', 'racer', judge(ids[0]!), judge(ids[1]!));
  const { records } = await hub.do<{ records: object[] }>(finder!, findings.quota, {});
  expect(records).toContainEqual({ tooling: 'racer', submitted: 2, replayed: 0, contradicted: 2, undecided: 0 });
});
